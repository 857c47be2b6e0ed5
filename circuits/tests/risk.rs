//! Statement R in circuit: segments of honest risk arrays satisfy every gate, copy and tuple, and add up to the risk root.
#![allow(missing_docs, unreachable_pub)]

#[path = "risk/listing.rs"]
#[allow(dead_code)]
mod listing;

use circuits::risk::{SIZES, Segment, SegmentCircuit, compose};
use halo2_proofs::dev::MockProver;
use halo2_proofs::halo2curves::bn256::Fr;
use listing::*;

#[test]
fn honest_segments_satisfy_every_constraint() {
    for s in SIZES {
        let circuit = SegmentCircuit::new(s);
        let (above, below) = circuit.used();
        println!(
            "size {}: {above} rows from above, {below} from below, of {}",
            s.name,
            s.end()
        );
        for held in [1, s.series() - 1, s.series()] {
            let case = Case::first(s.name, held as u64, held, held.min(s.expiries).min(5));
            let failures = case.failures(&circuit);
            assert!(
                failures.is_empty(),
                "size {} held {held}: {:?}",
                s.name,
                &failures[..failures.len().min(8)]
            );
        }
    }
}

#[test]
fn segments_add_up_to_the_risk_root() {
    let s = size("16");
    let circuit = SegmentCircuit::new(s);
    let inputs = inputs(7, 37, 5);
    let arrays = arrays(&inputs);
    let (segments, cursors) = Segment::split(s, &arrays).expect("calls and puts");
    let cases = Case::all(s, &arrays);
    assert_eq!(cases.len(), 3);
    for case in &cases {
        assert!(case.failures(&circuit).is_empty());
    }
    let instances: Vec<_> = segments.iter().map(|segment| segment.instance(s, &arrays)).collect();
    let composed = compose(s, 37, &instances, &cursors).expect("one listing");
    assert_eq!(composed.volatility, inputs.digest());
    assert_eq!(composed.rows_root, arrays.rows_root());
    // Another order, a segment less, another number of series, a cursor that is not the segment's.
    let swapped = [instances[1], instances[0], instances[2]];
    assert!(compose(s, 37, &swapped, &cursors).is_err());
    assert!(compose(s, 37, &instances[..2], &cursors[..3]).is_err());
    assert!(compose(s, 36, &instances, &cursors).is_err());
    let mut moved = cursors.clone();
    moved[1].count += 1;
    assert!(compose(s, 37, &instances, &moved).is_err());
}

#[test]
fn the_mock_prover_agrees() {
    let s = size("4");
    let case = Case::first("4", 3, 3, 2);
    let circuit = SegmentCircuit::new(s).with_cells(case.cells.clone());
    let instance = fields(&case.instance);
    let mock = MockProver::run(s.k, &circuit, vec![instance.clone()]).expect("runs");
    assert_eq!(mock.verify(), Ok(()));
    for i in 0..instance.len() {
        let mut wrong = instance.clone();
        wrong[i] += Fr::one();
        let mock = MockProver::run(s.k, &circuit, vec![wrong]).expect("runs");
        assert!(mock.verify().is_err(), "public input {i}");
    }
}
