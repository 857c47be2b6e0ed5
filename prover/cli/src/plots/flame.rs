//! A proof's phases as a flame chart: the whole below, its phases on it, each as wide as its CPU time.

use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use prover::backend::Profile;

use super::frame::{Drawn, head, head_height};

const WIDTH: u32 = 960;
const ROW: u32 = 44;
const MARGIN: i32 = 24;
/// Narrower than this a bar carries no text.
const READABLE: i32 = 60;

/// Writes the chart.
pub(crate) fn draw(path: &Path, profile: &Profile) -> Result<(), String> {
    chart(path, profile).map_err(|error| error.to_string())
}

fn chart(path: &Path, profile: &Profile) -> Drawn {
    let total = profile.cpu_s().max(f64::EPSILON);
    let height = head_height(0) + 2 * ROW + MARGIN as u32;
    let area = SVGBackend::new(path, (WIDTH, height)).into_drawing_area();
    area.fill(&WHITE)?;
    let note = format!("2^{} rows, {total:.2} s of CPU", profile.k);
    head(&area, "A proof, phase by phase", &note, &[])?;
    let top = head_height(0) as i32;
    let width = f64::from(WIDTH as i32 - 2 * MARGIN);
    let style = TextStyle::from(("sans-serif", 13).into_font()).pos(Pos::new(HPos::Left, VPos::Center));
    let mut left = MARGIN;
    for (at, phase) in profile.phases.iter().enumerate() {
        let right = left + (width * phase.cpu_s / total).round() as i32;
        let color = HSLColor(0.02 + 0.1 * (at as f64 / profile.phases.len() as f64), 0.85, 0.62);
        bar(&area, (left, right), top, &color)?;
        if right - left >= READABLE {
            // Some seven pixels a letter: what does not fit is cut.
            let fits = ((right - left - 8) / 7) as usize;
            let text: String = format!("{:.2} s {}", phase.cpu_s, phase.name)
                .chars()
                .take(fits)
                .collect();
            area.draw(&Text::new(text, (left + 4, top + ROW as i32 / 2), style.clone()))?;
        }
        left = right;
    }
    let below = top + ROW as i32;
    bar(
        &area,
        (MARGIN, WIDTH as i32 - MARGIN),
        below,
        &HSLColor(0.14, 0.85, 0.68),
    )?;
    area.draw(&Text::new("proof", (MARGIN + 4, below + ROW as i32 / 2), style))?;
    area.present()?;
    Ok(())
}

fn bar(area: &super::frame::Area<'_>, (left, right): (i32, i32), top: i32, color: &HSLColor) -> Drawn {
    let corners = [(left, top), (right, top + ROW as i32 - 2)];
    area.draw(&Rectangle::new(corners, color.filled()))?;
    area.draw(&Rectangle::new(corners, WHITE.stroke_width(1)))
}
