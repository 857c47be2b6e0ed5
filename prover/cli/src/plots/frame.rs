//! What all charts share: the band with title and legend, the scale of money, labels of numbers.

use std::ops::Range;

use plotters::coord::Shift;
use plotters::coord::ranged1d::{BoldPoints, Ranged};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub(super) type Drawn = Result<(), DrawingAreaErrorKind<<SVGBackend<'static> as DrawingBackend>::ErrorType>>;

/// Entries in a row of the legend.
const PER_ROW: usize = 3;
/// Width of an entry, in pixels.
const ENTRY: i32 = 288;
/// Where the first entry stands.
const LEFT: i32 = 96;
/// Most decimals of a label.
const PLACES: usize = 3;

/// How the legend shows an entry.
#[derive(Clone, Copy)]
pub(super) enum Mark {
    Line,
    Dashed,
    Dot,
    Bar,
}

/// A line of the legend.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) color: RGBColor,
    pub(super) mark: Mark,
}

/// Height of the band for so many entries.
pub(super) fn head_height(entries: usize) -> u32 {
    56 + 22 * entries.div_ceil(PER_ROW) as u32
}

/// Title, a smaller line below it, and the legend: above the chart, where nothing else is drawn.
pub(super) fn head(area: &Area<'_>, title: &str, note: &str, legend: &[Entry]) -> Drawn {
    let middle = (area.dim_in_pixel().0 / 2) as i32;
    let centred = Pos::new(HPos::Center, VPos::Center);
    let style = |size: u32| TextStyle::from(("sans-serif", size).into_font());
    area.draw(&Text::new(title, (middle, 18), style(19).pos(centred)))?;
    let grey = style(13).color(&RGBColor(90, 90, 90)).pos(centred);
    area.draw(&Text::new(note, (middle, 39), grey))?;
    let name = style(15).pos(Pos::new(HPos::Left, VPos::Center));
    for (at, entry) in legend.iter().enumerate() {
        let x = LEFT + (at % PER_ROW) as i32 * ENTRY;
        let y = 62 + (at / PER_ROW) as i32 * 22;
        let style = entry.color.stroke_width(2);
        match entry.mark {
            Mark::Line => area.draw(&PathElement::new([(x, y), (x + 28, y)], style))?,
            Mark::Dashed => {
                area.draw(&PathElement::new([(x, y), (x + 11, y)], style))?;
                area.draw(&PathElement::new([(x + 17, y), (x + 28, y)], style))?;
            }
            Mark::Dot => area.draw(&Circle::new((x + 14, y), 4, entry.color.filled()))?,
            Mark::Bar => area.draw(&Rectangle::new([(x + 8, y - 7), (x + 20, y + 7)], entry.color.filled()))?,
        }
        area.draw(&Text::new(entry.name.as_str(), (x + 36, y), name.clone()))?;
    }
    Ok(())
}

/// The scale of an axis of money: its unit and how many quote that is.
pub(super) fn scale(largest: f64) -> (&'static str, f64) {
    match largest {
        l if l >= 2e7 => ("million USD", 1e6),
        l if l >= 2e4 => ("thousand USD", 1e3),
        _ => ("USD", 1.0),
    }
}

/// Decimals that the labels of an axis need, the same for all of them.
pub(super) fn places(range: &Range<f64>, labels: usize) -> usize {
    let points = RangedCoordf64::from(range.clone()).key_points(BoldPoints(labels));
    let exact = |places: usize| {
        let unit = 10f64.powi(places as i32);
        points
            .iter()
            .all(|p| (p * unit - (p * unit).round()).abs() < 1e-6 * unit.max(p.abs()))
    };
    (0..PLACES).find(|places| exact(*places)).unwrap_or(PLACES)
}

/// Digits in groups of three.
pub(crate) fn label(value: f64, places: usize) -> String {
    let text = format!("{:.places$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let zero = text.bytes().all(|b| matches!(b, b'0' | b'.'));
    let sign = if value < 0.0 && !zero { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{grouped}{point}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_groups_and_no_negative_zero() {
        assert_eq!(label(1_234_567.8, 0), "1,234,568");
        assert_eq!(label(-1_000.0, 0), "-1,000");
        assert_eq!(label(-0.2, 0), "0");
        assert_eq!(label(2.25, 1), "2.2");
        assert_eq!(label(-0.125, 3), "-0.125");
        assert_eq!(scale(19_999.0).0, "USD");
        assert_eq!(scale(3e7), ("million USD", 1e6));
    }

    #[test]
    fn an_axis_has_as_many_decimals_as_its_labels_need() {
        assert_eq!(places(&(0.0..30.0), 8), 0);
        assert_eq!(places(&(0.0..3.0), 8), 1);
        assert_eq!(places(&(-1e6..2e6), 8), 0);
        assert_eq!(places(&(0.0..0.2), 8), 2);
    }
}
