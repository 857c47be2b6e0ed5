//! A proof's phases: one below the other, each a bar that begins where the one before ended, as long as its CPU time.

use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use prover::backend::Profile;

use super::frame::{Area, Drawn, head, head_height, label};

const WIDTH: u32 = 960;
/// Height of a phase's row, and of its bar.
const ROW: i32 = 30;
const BAR: i32 = 18;
/// Where bars may stand: names to the left, figures to the right of them.
const LEFT: i32 = 316;
const RIGHT: i32 = 820;
/// Labels of the axis, at most.
const LABELS: f64 = 8.0;
const COLOUR: RGBColor = RGBColor(0, 90, 181);
const PALE: RGBColor = RGBColor(244, 246, 249);
const GRID: RGBColor = RGBColor(214, 219, 226);
const GREY: RGBColor = RGBColor(90, 90, 90);

/// Writes the chart.
pub(crate) fn draw(path: &Path, profile: &Profile) -> Result<(), String> {
    chart(path, profile).map_err(|error| error.to_string())
}

/// The smallest of 1, 2 and 5 times a power of ten that makes no more than [`LABELS`] steps, and its decimals.
fn step(total: f64) -> (f64, usize) {
    let power = (total / LABELS).log10().floor();
    let factor = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|f| f * 10f64.powf(power) * LABELS >= total);
    let (factor, power) = factor.map_or((1.0, power + 1.0), |factor| (factor, power));
    (factor * 10f64.powf(power), (-power).max(0.0) as usize)
}

fn chart(path: &Path, profile: &Profile) -> Drawn {
    let total = profile.cpu_s().max(1e-6);
    let wall: f64 = profile.phases.iter().map(|phase| phase.wall_s).sum();
    let (top, rows) = (head_height(0) as i32, profile.phases.len() as i32);
    let bottom = top + rows * ROW;
    let area = SVGBackend::new(path, (WIDTH, (bottom + 56) as u32)).into_drawing_area();
    area.fill(&WHITE)?;
    let note = format!(
        "2^{} rows; {total:.2} s of CPU in {wall:.2} s on the clock; each bar begins where the one above ends",
        profile.k
    );
    head(&area, "A proof, phase by phase", &note, &[])?;
    let at = |seconds: f64| LEFT + (f64::from(RIGHT - LEFT) * seconds / total).round() as i32;
    let style = |size: u32, horizontal| {
        TextStyle::from(("sans-serif", size).into_font()).pos(Pos::new(horizontal, VPos::Center))
    };
    for row in (0..rows).step_by(2) {
        let corners = [(0, top + row * ROW), (WIDTH as i32, top + (row + 1) * ROW)];
        area.draw(&Rectangle::new(corners, PALE.filled()))?;
    }
    axis(&area, total, at, top, bottom)?;
    let mut start = 0.0;
    for (row, phase) in profile.phases.iter().enumerate() {
        let middle = top + row as i32 * ROW + ROW / 2;
        let (left, right) = (at(start), at(start + phase.cpu_s).max(at(start) + 1));
        let corners = [(left, middle - BAR / 2), (right, middle + BAR / 2)];
        area.draw(&Rectangle::new(corners, COLOUR.filled()))?;
        area.draw(&Text::new(phase.name, (LEFT - 10, middle), style(14, HPos::Right)))?;
        let share = 100.0 * phase.cpu_s / total;
        let figures = format!("{:.2} s, {share:.0} %", phase.cpu_s);
        area.draw(&Text::new(figures, (right + 8, middle), style(14, HPos::Left)))?;
        start += phase.cpu_s;
    }
    area.present()?;
    Ok(())
}

fn axis(area: &Area<'_>, total: f64, at: impl Fn(f64) -> i32, top: i32, bottom: i32) -> Drawn {
    let centred = Pos::new(HPos::Center, VPos::Center);
    let style = TextStyle::from(("sans-serif", 13).into_font())
        .color(&GREY)
        .pos(centred);
    let (step, places) = step(total);
    for number in 0..=(total / step).floor() as u32 {
        let (seconds, x) = (f64::from(number) * step, at(f64::from(number) * step));
        area.draw(&PathElement::new([(x, top), (x, bottom + 5)], GRID.stroke_width(1)))?;
        area.draw(&Text::new(label(seconds, places), (x, bottom + 16), style.clone()))?;
    }
    area.draw(&PathElement::new(
        [(LEFT, bottom), (RIGHT, bottom)],
        GREY.stroke_width(1),
    ))?;
    area.draw(&Text::new("CPU seconds", ((LEFT + RIGHT) / 2, bottom + 38), style))
}

#[cfg(test)]
mod tests {
    use super::*;
    use prover::backend::cpu::profile::Phase;

    #[test]
    fn steps_are_round_and_few() {
        for (total, expected) in [
            (7.9, (1.0, 0)),
            (8.1, (2.0, 0)),
            (0.5, (0.1, 1)),
            (0.03, (0.005, 3)),
            (45.0, (10.0, 0)),
        ] {
            let (found, places) = step(total);
            assert!(
                (found - expected.0).abs() < 1e-9 && places == expected.1,
                "{total}: {found}, {places}"
            );
        }
    }

    #[test]
    fn every_phase_stands_there_with_its_figures() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("phases.svg");
        let phase = |name, cpu_s| Phase {
            name,
            wall_s: cpu_s / 2.0,
            cpu_s,
            msms: 0,
            additions: 0,
            ffts: 0,
        };
        let mut profile = Profile {
            k: 12,
            phases: vec![phase("the first", 1.5), phase("nothing", 0.0), phase("the last", 0.5)],
            ..Profile::default()
        };
        draw(&path, &profile).expect("a chart");
        let text = std::fs::read_to_string(&path).expect("written");
        for part in [
            "2^12 rows; 2.00 s of CPU in 1.00 s",
            "the first",
            "1.50 s, 75 %",
            "nothing",
            "0.00 s, 0 %",
            "0.50 s, 25 %",
        ] {
            assert!(text.contains(part), "{part}");
        }
        profile.phases.clear();
        draw(&path, &profile).expect("a chart of nothing");
    }
}
