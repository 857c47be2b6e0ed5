//! DRAFT
mod support;
use circuits::settlement::circuit::SettlementCircuit;
use circuits::size::Size;
use prover::srs::dev::UnsafeDevSetup;
use verifier_contract::{Meta, SetupG2, compile_with_node, emit_solidity, key_digest};

#[test]
fn draft() {
    let size = Size::by_name("xs").unwrap();
    let circuit = SettlementCircuit::new(size);
    let setup = UnsafeDevSetup::generate(size.k, "x").unwrap();
    let keys = prover::keys::keygen(&setup, &circuit, 13).unwrap();
    let meta = Meta { name: "SettlementXs".into(), statement: "settlement".into(), size: "xs".into(), k: size.k, instances: 13, equal_columns: vec![] };
    let g2 = SetupG2::from(setup.params());
    println!("{:?}", keys.report);
    let source = emit_solidity(keys.pk.get_vk(), &g2, &meta).unwrap();
    std::fs::write("/tmp/SettlementXs.sol", &source).unwrap();
    assert_eq!(keys.digest.to_string(), format!("0x{}", hex::encode(key_digest(keys.pk.get_vk(), &g2, &meta).unwrap())));
    let a = compile_with_node(&source, "SettlementXsVerifier").unwrap();
    println!("lines {} runtime {}", source.lines().count(), a.runtime.len() / 2);
}
