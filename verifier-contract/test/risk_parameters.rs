//! The digests that the contracts compute are those that the statements are proven under.

use alloy_sol_types::private::{U256, Uint};
use alloy_sol_types::{SolCall, SolValue, sol};
use halo2curves::bn256::Fr;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use verifier_contract::Artifact;
use verifier_contract::evm::{Address, CallOutcome, Evm};
use witness_gen::liquidation::LiquidationRules;
use witness_gen::params::RiskParameters;
use witness_gen::risk::grid::VolatilityShock;
use witness_gen::risk::{RegimeRules, RiskGrid, RiskRules, Scenario, VolatilityMove};
use witness_gen::statement::solvency::MarginRules;
use witness_gen::units::{Cash, Underlying};

sol! {
    struct Numbers {
        uint32 feeRate;
        uint32 feeCap;
        uint64 inverseScale;
        uint32 initialFactor;
        uint32 shortCharge;
        uint32 buffer;
        uint32 maxDiscount;
        uint32 maxPenalty;
        uint32 batchCap;
        uint96 cutoff;
        uint32 decay;
        uint32 step;
        uint32 referenceVolatility;
        uint32 factorCap;
        uint32 upShock;
        uint32 downShock;
        uint32 shortPower;
        uint32 longPower;
        uint32 pivot;
        uint32 timeFloor;
        uint32 multiplierFloor;
        uint32 spotFloor;
    }

    struct Step {
        int32 spot;
        uint8 move_;
        uint32 weight;
        bool scaled;
    }

    interface Parameters {
        function current() external view returns (uint64 version, uint256 parameters, uint256 riskParameters);
        function digests(Numbers calldata numbers, Step[] calldata scenarios)
            external
            view
            returns (uint256 parameters, uint256 riskParameters);
    }
}

/// The parameters of a venue as the statements have them.
struct Venue {
    fees: RiskParameters,
    margin: MarginRules,
    liquidation: LiquidationRules,
    risk: RiskRules,
}

impl Venue {
    fn of(fees: RiskParameters, margin: (u64, u64), liquidation: LiquidationRules, risk: RiskRules) -> Self {
        let margin = MarginRules {
            risk: risk.digest(),
            initial_factor: margin.0,
            short_charge: margin.1,
            liquidation: liquidation.digest(),
        };
        let fees = fees.with_margin_rules(margin.digest());
        Self {
            fees,
            margin,
            liquidation,
            risk,
        }
    }

    fn digests(&self) -> (U256, U256) {
        (word(&self.fees.digest()), word(&self.risk.digest()))
    }

    fn numbers(&self) -> Numbers {
        let (grid, regime, liquidation) = (&self.risk.grid, &self.risk.regime, &self.liquidation);
        assert_eq!(self.fees.inverse_scale, self.risk.inverse_scale, "one scale a venue");
        Numbers {
            feeRate: self.fees.fee_rate,
            feeCap: self.fees.fee_cap,
            inverseScale: self.fees.inverse_scale,
            initialFactor: self.margin.initial_factor as u32,
            shortCharge: self.margin.short_charge as u32,
            buffer: liquidation.buffer,
            maxDiscount: liquidation.max_discount,
            maxPenalty: liquidation.max_penalty,
            batchCap: liquidation.batch_cap,
            cutoff: Uint::from(liquidation.cutoff.get() as u128),
            decay: regime.decay_1e5,
            step: regime.step_seconds,
            referenceVolatility: regime.reference_bp,
            factorCap: regime.cap_bp,
            upShock: grid.volatility.up_bp as u32,
            downShock: grid.volatility.down_bp.unsigned_abs(),
            shortPower: grid.volatility.power_short_bp,
            longPower: grid.volatility.power_long_bp,
            pivot: grid.volatility.pivot_seconds,
            timeFloor: grid.volatility.floor_seconds,
            multiplierFloor: grid.volatility.multiplier_floor_bp,
            spotFloor: grid.spot_floor_bp,
        }
    }

    fn scenarios(&self) -> Vec<Step> {
        let scenarios = self.risk.grid.scenarios.iter();
        let step = |s: &Scenario| Step {
            spot: s.spot_bp,
            move_: s.volatility.number() as u8,
            weight: s.weight_bp,
            scaled: s.scaled,
        };
        scenarios.map(step).collect()
    }
}

/// The widest bounds that a venue can give its governance: those of the statements.
fn widest() -> (Numbers, Numbers) {
    let low = Numbers {
        feeRate: 0,
        feeCap: 0,
        inverseScale: 1,
        initialFactor: 10_000,
        shortCharge: 0,
        buffer: 0,
        maxDiscount: 0,
        maxPenalty: 0,
        batchCap: 1,
        cutoff: Uint::ZERO,
        decay: 0,
        step: 1,
        referenceVolatility: 1,
        factorCap: 10_000,
        upShock: 0,
        downShock: 0,
        shortPower: 0,
        longPower: 0,
        pivot: 1,
        timeFloor: 1,
        multiplierFloor: 1,
        spotFloor: 1,
    };
    let high = Numbers {
        feeRate: 100_000,
        feeCap: 100_000,
        inverseScale: (1 << 34) - 1,
        initialFactor: 1_000_000,
        shortCharge: 10_000,
        buffer: 10_000,
        maxDiscount: 9_999,
        maxPenalty: 9_999,
        batchCap: 65_536,
        cutoff: Uint::MAX,
        decay: 99_999,
        step: (1 << 27) - 1,
        referenceVolatility: (1 << 17) - 1,
        factorCap: 160_000,
        upShock: 20_000,
        downShock: 10_000,
        shortPower: 10_000,
        longPower: 10_000,
        pivot: (1 << 27) - 1,
        timeFloor: (1 << 27) - 1,
        multiplierFloor: 10_000,
        spotFloor: 10_000,
    };
    (low, high)
}

/// Deploys hash and parameters, with a venue's for the first version.
fn venue(evm: &mut Evm, venue: &Venue) -> Address {
    let access = deploy(evm, "Authority", &(Evm::OPERATOR,).abi_encode());
    let constants = deploy(evm, "PoseidonConstants", &[]);
    let (low, high) = widest();
    let (exit, delay) = (604_800_u32, 864_000_u32);
    let arguments = (
        access,
        constants,
        exit,
        delay,
        low,
        high,
        venue.numbers(),
        venue.scenarios(),
    );
    deploy(evm, "RiskParameters", &arguments.abi_encode_params())
}

fn word(value: &Fr) -> U256 {
    U256::from_be_bytes(prover::transcript::scalar_bytes(value))
}

fn call(evm: &mut Evm, to: Address, data: &[u8]) -> CallOutcome {
    evm.call(to, data).expect("a transaction")
}

fn deploy(evm: &mut Evm, name: &str, arguments: &[u8]) -> Address {
    let artifact = Artifact::committed(name).expect("a committed artifact");
    let creation = [artifact.creation_bytes().expect("hexadecimal"), arguments.to_vec()].concat();
    evm.deploy(&creation).expect("a contract").address
}

#[test]
fn the_venues_of_the_program_have_their_digests() {
    for underlying in [Underlying::BTC, Underlying::ETH] {
        for grid in RiskGrid::names() {
            let risk = RiskRules::builtin(grid, underlying).expect("a grid of the program");
            let one = Venue::of(
                RiskParameters::default(),
                (12_500, 100),
                LiquidationRules::default(),
                risk,
            );
            if grid == "paradex-24" {
                let (rules, _) = MarginRules::builtin(underlying).expect("a regime");
                assert_eq!(
                    rules.digest(),
                    one.margin.digest(),
                    "the venue that the program generates"
                );
            }
            let mut evm = Evm::default();
            let contract = venue(&mut evm, &one);
            let outcome = call(&mut evm, contract, &Parameters::currentCall {}.abi_encode());
            let current = Parameters::currentCall::abi_decode_returns(&outcome.output).expect("three values");
            assert_eq!(current.version, 1);
            assert_eq!((current.parameters, current.riskParameters), one.digests(), "{grid}");
        }
    }
}

/// Parameters anywhere in the ranges of the statements, 24 scenarios.
fn random(rng: &mut ChaCha20Rng) -> Venue {
    let pivot = rng.gen_range(1..1 << 27);
    let moves = VolatilityMove::ALL;
    let scenarios = (0..24).map(|_| Scenario {
        spot_bp: rng.gen_range(-9_999..=200_000),
        volatility: moves[rng.gen_range(0..3)],
        weight_bp: rng.gen_range(1..=10_000),
        scaled: rng.r#gen(),
    });
    let scenarios = scenarios.collect();
    let grid = RiskGrid {
        name: String::new(),
        source: String::new(),
        spot_floor_bp: rng.gen_range(1..=10_000),
        volatility: VolatilityShock {
            up_bp: rng.gen_range(0..=20_000),
            down_bp: rng.gen_range(-10_000..=0),
            power_short_bp: rng.gen_range(0..=10_000),
            power_long_bp: rng.gen_range(0..=10_000),
            pivot_seconds: pivot,
            floor_seconds: rng.gen_range(1..=pivot),
            multiplier_floor_bp: rng.gen_range(1..=10_000),
        },
        scenarios,
    };
    let regime = RegimeRules {
        decay_1e5: rng.gen_range(0..=99_999),
        step_seconds: rng.gen_range(1_000..1 << 27),
        reference_bp: rng.gen_range(100..1 << 17),
        cap_bp: rng.gen_range(10_000..=160_000),
    };
    let inverse_scale = rng.gen_range(1..1 << 34);
    let risk = RiskRules {
        grid,
        regime,
        inverse_scale,
    };
    risk.validate().expect("in range");
    let fees = RiskParameters::new(rng.gen_range(0..=100_000), rng.gen_range(0..=100_000), inverse_scale);
    let max_discount = rng.gen_range(0..=9_999);
    let liquidation = LiquidationRules {
        buffer: rng.gen_range(0..=10_000),
        max_discount,
        max_penalty: rng.gen_range(0..=9_999 - max_discount),
        cutoff: Cash(rng.gen_range(0..1 << 96)),
        batch_cap: rng.gen_range(1..=65_536),
    };
    liquidation.validate().expect("in range");
    let margin = (rng.gen_range(10_000..=1_000_000), rng.gen_range(0..=10_000));
    Venue::of(fees.expect("in range"), margin, liquidation, risk)
}

#[test]
fn any_parameters_have_the_digests_of_the_statements() {
    let mut rng = ChaCha20Rng::seed_from_u64(11);
    let mut evm = Evm::default();
    let contract = {
        let first = random(&mut rng);
        venue(&mut evm, &first)
    };
    let mut most = 0;
    for _ in 0..25 {
        let one = random(&mut rng);
        let data = Parameters::digestsCall {
            numbers: one.numbers(),
            scenarios: one.scenarios(),
        }
        .abi_encode();
        let outcome = call(&mut evm, contract, &data);
        assert_eq!(outcome.revert, None);
        let found = Parameters::digestsCall::abi_decode_returns(&outcome.output).expect("two values");
        assert_eq!((found.parameters, found.riskParameters), one.digests());
        most = most.max(outcome.gas_used);
    }
    println!("both digests: at most {most} gas");
}
