//! From a batch to its cells: the native statement, the first-phase cells, the running sums of the bus.
#![allow(missing_docs, reason = "criterion's macros make public functions without docs")]

use benches::{batch, sizes};
use circuits::chips::bus::running_sums;
use circuits::settlement::assign::assign;
use circuits::settlement::circuit::fixed_cells;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use ff::Field;
use halo2_proofs::halo2curves::bn256::Fr;
use witness_gen::statement::settlement::execute;

fn witness(c: &mut Criterion) {
    let mut group = c.benchmark_group("witness");
    group.sample_size(10);
    for size in sizes() {
        let batch = batch(&size);
        let (instance, witness, outcome) = (&batch.instance, &batch.witness, &batch.outcome);
        let positions: usize = witness.accounts.iter().map(|a| a.account.positions.len()).sum();
        println!(
            "{}: {} accounts, {positions} positions",
            size.name,
            witness.accounts.len()
        );
        group.bench_function(BenchmarkId::new("execute", size.name), |b| {
            b.iter(|| {
                execute(
                    instance.domain,
                    witness,
                    instance.batch,
                    instance.expiry,
                    instance.close,
                    instance.prices,
                )
                .expect("a valid batch")
            });
        });
        let cells = || assign(size, instance, witness, outcome, None).expect("the batch fits");
        group.bench_function(BenchmarkId::new("assign", size.name), |b| b.iter(cells));
        let trace = cells();
        let advice = trace.finish().expect("every cell is written once");
        let fixed = fixed_cells(&size);
        let challenges = [3u64, 5].map(|c| Fr::from(c).pow([101]));
        let (_, left) = running_sums(advice, &fixed, &instance.to_fields(), challenges, size.end());
        assert_eq!(left, Fr::ZERO, "the bus balances");
        group.bench_function(BenchmarkId::new("running sums", size.name), |b| {
            b.iter(|| running_sums(advice, &fixed, &instance.to_fields(), challenges, size.end()));
        });
    }
    group.finish();
}

criterion_group!(benches, witness);
criterion_main!(benches);
