//! Line charts as SVG: a series each, labelled axes, time on the horizontal one.

use std::ops::Range;
use std::path::{Path, PathBuf};

use plotters::coord::Shift;
use plotters::prelude::*;
use witness_gen::market::UtcSeconds;
use witness_gen::store::write_whole;

use crate::errors::Failure;

/// Width and height of a chart, in pixels.
const SIZE: (u32, u32) = (960, 420);
/// Charts of fewer days have hours in their labels.
const HOURS_BELOW: f64 = 5.0;
/// Colours that people with any colour vision can tell apart.
const COLOURS: [RGBColor; 3] = [RGBColor(0, 90, 181), RGBColor(220, 50, 32), RGBColor(120, 94, 0)];

/// One line of a chart.
pub(crate) struct Line {
    /// What the legend says.
    pub(crate) name: &'static str,
    /// The values, one for each time.
    pub(crate) values: Vec<f64>,
}

/// A chart over common times.
pub(crate) struct Chart<'a> {
    /// The caption.
    pub(crate) title: String,
    /// The label of the vertical axis, with its unit.
    pub(crate) unit: &'static str,
    /// Unix seconds, increasing.
    pub(crate) times: &'a [u64],
    /// The lines, at most three.
    pub(crate) lines: Vec<Line>,
}

/// Draws charts, one above the other, into a file.
///
/// # Errors
/// A folder that cannot be written to.
pub(crate) fn write(path: &Path, charts: &[Chart<'_>]) -> Result<PathBuf, Failure> {
    let mut text = String::new();
    let drawn = {
        let rows = charts.len().max(1);
        let area = SVGBackend::with_string(&mut text, (SIZE.0, SIZE.1 * rows as u32)).into_drawing_area();
        draw(&area, charts)
    };
    drawn.map_err(|error| Failure::internal(format!("{}: expected a chart, found {error}", path.display())))?;
    write_whole(path, text.as_bytes())?;
    Ok(path.to_owned())
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<<SVGBackend<'static> as DrawingBackend>::ErrorType>>;

fn draw(area: &Area<'_>, charts: &[Chart<'_>]) -> Drawn {
    area.fill(&WHITE)?;
    for (part, chart) in area.split_evenly((charts.len().max(1), 1)).iter().zip(charts) {
        draw_one(part, chart)?;
    }
    area.present()
}

fn draw_one(area: &Area<'_>, chart: &Chart<'_>) -> Drawn {
    // In days, so that labels stand at the beginning of days.
    let first = days(chart.times.first().copied().unwrap_or(0));
    let times = first..days(chart.times.last().copied().unwrap_or(0)).max(first + 1e-3);
    let hours = times.end - times.start < HOURS_BELOW;
    let mut context = ChartBuilder::on(area)
        .caption(&chart.title, ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(84)
        .build_cartesian_2d(times, range(&chart.lines))?;
    context
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_labels(10)
        .x_label_formatter(&|time| date(*time, hours))
        .x_desc("day (UTC)")
        .y_labels(8)
        .y_label_formatter(&|value| short(*value))
        .y_desc(chart.unit)
        .label_style(("sans-serif", 13))
        .draw()?;
    for (line, colour) in chart.lines.iter().zip(COLOURS) {
        let points = chart.times.iter().copied().map(days).zip(line.values.iter().copied());
        context
            .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
            .label(line.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    context
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.3))
        .label_font(("sans-serif", 13))
        .draw()
}

/// From the least value, or 0 where that is near, to a little above the greatest.
fn range(lines: &[Line]) -> Range<f64> {
    let values = || lines.iter().flat_map(|line| line.values.iter().copied());
    let (low, high) = (
        values().fold(f64::INFINITY, f64::min),
        values().fold(f64::NEG_INFINITY, f64::max),
    );
    if !low.is_finite() || !high.is_finite() {
        return 0.0..1.0;
    }
    let low = if low > 0.0 && low < 0.7 * high { 0.0 } else { low };
    let room = ((high - low) * 0.06).max(high.abs() * 1e-3).max(1e-9);
    (if low == 0.0 { 0.0 } else { low - room })..high + room
}

/// Days since 1970.
fn days(time: u64) -> f64 {
    time as f64 / 86_400.0
}

/// `03-12` of 2020-03-12, or `03-12 18:00`.
fn date(days: f64, hours: bool) -> String {
    let text = UtcSeconds((days * 86_400.0).round() as i64).to_string();
    let part = if hours { 5..16 } else { 5..10 };
    text.get(part).unwrap_or(&text).replace('T', " ")
}

/// A number with k or M for thousands and millions, whole ones without decimals.
fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 1e6 => format!("{:.2}M", value / 1e6),
        size if size >= 1e4 => format!("{:.0}k", value / 1e3),
        size if size >= 100.0 || (value - value.round()).abs() < 1e-9 => format!("{value:.0}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_its_labels_and_a_point_for_each_value() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let times: Vec<u64> = (0..50).map(|hour| 1_583_971_200 + 3_600 * hour).collect();
        let chart = Chart {
            title: "Equity".into(),
            unit: "quote",
            times: &times,
            lines: vec![
                Line {
                    name: "equity",
                    values: (0..50).map(|n| 1e6 - 1e4 * f64::from(n)).collect(),
                },
                Line {
                    name: "requirement",
                    values: vec![5e5; 50],
                },
            ],
        };
        let path = write(&folder.path().join("chart.svg"), &[chart]).expect("drawn");
        let text = std::fs::read_to_string(path).expect("written");
        assert!(text.starts_with("<svg") && text.trim_end().ends_with("</svg>"));
        for part in ["Equity", "quote", "day (UTC)", "03-12", "equity", "requirement", "k\n"] {
            assert!(text.contains(part), "{part}");
        }
        assert!(text.matches("<polyline").count() >= 2);
    }

    #[test]
    fn ranges_take_in_every_value() {
        let of = |values: &[f64]| {
            range(&[Line {
                name: "",
                values: values.to_vec(),
            }])
        };
        assert_eq!(of(&[]), 0.0..1.0);
        for values in [&[0.0, 0.0][..], &[-5.0, 3.0], &[90.0, 100.0], &[1.0, 100.0], &[7.0]] {
            let range = of(values);
            assert!(values.iter().all(|value| range.contains(value)), "{values:?} {range:?}");
        }
        assert_eq!(of(&[1.0, 100.0]).start, 0.0);
    }
}
