//! Charts over time as SVG: lines and bars, labelled axes, dates on the horizontal one, the legend above.

use std::ops::Range;
use std::path::{Path, PathBuf};

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::prelude::*;
use witness_gen::market::UtcSeconds;
use witness_gen::store::write_whole;

use super::frame::{Area, Drawn, Entry, Mark, head, head_height, label, places, scale};
use crate::errors::Failure;

/// Width and height of a chart, in pixels.
const SIZE: (u32, u32) = (960, 420);
/// Labels of the vertical axis, at most.
const LABELS: usize = 8;
/// Colours that people with any colour vision can tell apart.
const COLOURS: [RGBColor; 3] = [RGBColor(0, 90, 181), RGBColor(220, 50, 32), RGBColor(120, 94, 0)];
/// The first of several bars at a time is wider, and lighter than the ones drawn over it.
const PALE: RGBColor = RGBColor(150, 190, 225);

/// One series of a chart.
pub(crate) struct Series {
    /// What the legend says.
    pub(crate) name: String,
    /// The values, one for each time.
    pub(crate) values: Vec<f64>,
}

/// How values are drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// From value to value.
    Lines,
    /// A bar for each value that is not 0; those of later series are narrower and drawn over the others'.
    Bars,
}

/// What an axis counts.
#[derive(Clone, Copy)]
pub(crate) enum Unit {
    /// Money in quote, which is scaled to thousands or millions.
    Money,
    /// Anything else, with its name.
    Named(&'static str),
}

/// A chart over common times.
pub(crate) struct Chart<'a> {
    /// The caption.
    pub(crate) title: String,
    /// A smaller line below it.
    pub(crate) note: String,
    /// The unit of the vertical axis.
    pub(crate) unit: Unit,
    /// Lines or bars.
    pub(crate) form: Form,
    /// Unix seconds, increasing.
    pub(crate) times: &'a [u64],
    /// The series, at most three.
    pub(crate) series: Vec<Series>,
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

fn draw(area: &Area<'_>, charts: &[Chart<'_>]) -> Drawn {
    area.fill(&WHITE)?;
    for (part, chart) in area.split_evenly((charts.len().max(1), 1)).iter().zip(charts) {
        draw_one(part, chart)?;
    }
    area.present()
}

fn draw_one(area: &Area<'_>, chart: &Chart<'_>) -> Drawn {
    let bars = chart.form == Form::Bars;
    let colour = |at: usize| match at {
        0 if bars && chart.series.len() > 1 => PALE,
        _ => COLOURS[at % COLOURS.len()],
    };
    let mark = if bars { Mark::Bar } else { Mark::Line };
    let legend: Vec<Entry> = (chart.series.iter().enumerate())
        .map(|(at, series)| Entry {
            name: series.name.clone(),
            color: colour(at),
            mark,
        })
        .collect();
    let (top, body) = area.split_vertically(head_height(legend.len()));
    head(&top, &chart.title, &chart.note, &legend)?;

    // In days, so that labels stand at the beginning of days.
    let first = days(chart.times.first().copied().unwrap_or(0));
    let last = days(chart.times.last().copied().unwrap_or(0)).max(first + 1e-3);
    let range = range(&chart.series, bars);
    let (unit, per) = match chart.unit {
        Unit::Money => scale(range.start.abs().max(range.end.abs())),
        Unit::Named(name) => (name, 1.0),
    };
    let up = range.start / per..range.end / per;
    let decimals = places(&up, LABELS);
    let mut context = ChartBuilder::on(&body)
        .margin_left(12)
        .margin_right(36)
        .margin_bottom(8)
        .margin_top(4)
        .x_label_area_size(40)
        .y_label_area_size(84)
        .build_cartesian_2d(Days(first..last), up.clone())?;
    context
        .configure_mesh()
        .bold_line_style(RGBColor(214, 214, 214))
        .light_line_style(TRANSPARENT)
        .x_labels(LABELS)
        .x_label_formatter(&|time| date(*time))
        .x_desc("day (UTC)")
        .y_labels(LABELS)
        .y_label_formatter(&|value| label(*value, decimals))
        .y_desc(unit)
        .label_style(("sans-serif", 13))
        .axis_desc_style(("sans-serif", 14))
        .draw()?;
    // Half of a bar: most of the time between two values, and never thinner than a pixel can show.
    let between = (last - first) / (chart.times.len().max(2) - 1) as f64;
    let half = (0.4 * between).max((last - first) / 700.0);
    for (at, series) in chart.series.iter().enumerate() {
        let points = (chart.times.iter().copied().map(days)).zip(series.values.iter().map(|v| v / per));
        let colour = colour(at);
        if bars {
            let half = half / (1 << at) as f64;
            let bar = |(x, y): (f64, f64)| {
                let corners = [((x - half).max(first), 0.0), ((x + half).min(last), y)];
                Rectangle::new(corners, colour.filled())
            };
            context.draw_series(points.filter(|(_, y)| *y != 0.0).map(bar))?;
        } else {
            context.draw_series(LineSeries::new(points, colour.stroke_width(2)))?;
        }
    }
    if up.contains(&0.0) {
        let zero = [(first, 0.0), (last, 0.0)];
        context.draw_series(LineSeries::new(zero, RGBColor(90, 90, 90).stroke_width(1)))?;
    }
    Ok(())
}

/// From the least value, or 0 where that is near, to a little above the greatest. Bars begin at 0.
fn range(series: &[Series], bars: bool) -> Range<f64> {
    let values = || series.iter().flat_map(|series| series.values.iter().copied());
    let (low, high) = (
        values().fold(f64::INFINITY, f64::min),
        values().fold(f64::NEG_INFINITY, f64::max),
    );
    if !low.is_finite() || !high.is_finite() {
        return 0.0..1.0;
    }
    let (low, high) = if bars {
        (low.min(0.0), high.max(0.0))
    } else {
        (low, high)
    };
    if (low, high) == (0.0, 0.0) {
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

/// `2020-03-12`, or `2020-03-12 18:00` where it is not midnight.
fn date(days: f64) -> String {
    let seconds = (days * 86_400.0).round() as i64;
    let text = UtcSeconds(seconds).to_string();
    let part = if seconds % 86_400 == 0 { 0..10 } else { 0..16 };
    text.get(part).unwrap_or(&text).replace('T', " ")
}

/// A horizontal axis in days since 1970 with labels at whole hours or days.
struct Days(Range<f64>);

impl Days {
    /// Hours between two labels.
    const STEPS: [u32; 17] = [
        1, 2, 3, 6, 12, 24, 48, 72, 120, 168, 240, 336, 720, 2_160, 4_320, 8_760, 43_800,
    ];

    fn labels(&self, most: usize) -> Vec<f64> {
        let span = self.0.end - self.0.start;
        // A label with hours is longer.
        let fits = |hours: u32| {
            let most = if hours < 24 { most * 5 / 8 } else { most };
            span * 24.0 / f64::from(hours) < most.max(1) as f64
        };
        let hours = Self::STEPS.into_iter().find(|hours| fits(*hours)).unwrap_or(438_000);
        let step = f64::from(hours) / 24.0;
        // Hours from midnight on, days from the first midnight on.
        let start = self.0.start;
        let first = if hours < 24 {
            (start / step - 1e-9).ceil() * step
        } else {
            (start - 1e-9).ceil()
        };
        let count = ((self.0.end - first) / step + 1e-9).floor();
        (0..=count.max(-1.0) as i64)
            .map(|n| first + n as f64 * step)
            .filter(|at| self.0.contains(at) || *at == self.0.end)
            .collect()
    }
}

impl Ranged for Days {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;
    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let part = (value - self.0.start) / (self.0.end - self.0.start);
        limit.0 + (part * f64::from(limit.1 - limit.0)).round() as i32
    }
    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        self.labels(hint.bold_points())
    }
    fn range(&self) -> Range<f64> {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(name: &str, values: Vec<f64>) -> Series {
        Series {
            name: name.into(),
            values,
        }
    }

    #[test]
    fn a_chart_has_its_labels_and_a_point_for_each_value() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let times: Vec<u64> = (0..200).map(|hour| 1_583_971_200 + 3_600 * hour).collect();
        let chart = |form, values: [Vec<f64>; 2]| {
            let [a, b] = values;
            Chart {
                title: "Equity".into(),
                note: "a note".into(),
                unit: Unit::Money,
                form,
                times: &times,
                series: vec![series("equity", a), series("requirement", b)],
            }
        };
        let falling: Vec<f64> = (0..200).map(|n| 1e6 - 1e3 * f64::from(n)).collect();
        let lines = chart(Form::Lines, [falling, vec![5e5; 200]]);
        let mut few = vec![0.0; 200];
        few[7] = 3.0;
        let bars = chart(Form::Bars, [few, vec![0.0; 200]]);
        let path = write(&folder.path().join("chart.svg"), &[lines, bars]).expect("drawn");
        let text = std::fs::read_to_string(path).expect("written");
        assert!(text.starts_with("<svg") && text.trim_end().ends_with("</svg>"));
        for part in [
            "Equity",
            "a note",
            "thousand USD",
            "day (UTC)",
            "2020-03-12",
            "equity",
            "requirement",
            "1,000",
        ] {
            assert!(text.contains(part), "{part}");
        }
        assert!(text.matches("<polyline").count() >= 2);
        let filled = |colour: &str| text.matches(&format!("fill=\"{colour}\"")).count();
        // The legend's and the one value's; of the other series the legend's.
        assert_eq!((filled("#96BEE1"), filled("#DC3220")), (2, 1));
    }

    #[test]
    fn ranges_take_in_every_value() {
        let of = |values: &[f64], bars| range(&[series("", values.to_vec())], bars);
        assert_eq!(of(&[], false), 0.0..1.0);
        assert_eq!(of(&[0.0, 0.0], true), 0.0..1.0);
        for values in [&[0.0, 0.0][..], &[-5.0, 3.0], &[90.0, 100.0], &[1.0, 100.0], &[7.0]] {
            for bars in [false, true] {
                let range = of(values, bars);
                assert!(values.iter().all(|value| range.contains(value)), "{values:?} {range:?}");
                assert!(!bars || range.contains(&0.0));
            }
        }
        assert_eq!(of(&[1.0, 100.0], false).start, 0.0);
    }

    #[test]
    fn dates_stand_at_whole_days_or_hours() {
        let start = days(1_583_971_200) + 0.3;
        for span in [0.2, 1.0, 4.0, 9.0, 31.0, 58.0, 400.0, 9_000.0] {
            let labels = Days(start..start + span).labels(8);
            assert!((1..=8).contains(&labels.len()), "{span}: {labels:?}");
            assert!(labels.iter().all(|at| (start..=start + span).contains(at)));
            let hours = labels.iter().map(|at| at * 24.0);
            assert!(hours.clone().all(|hour| (hour - hour.round()).abs() < 1e-6), "{span}");
            assert!(span < 9.0 || labels.iter().all(|at| date(*at).len() == 10), "{span}");
        }
        assert_eq!(date(days(1_583_971_200)), "2020-03-12");
        assert_eq!(date(days(1_583_971_200) + 0.75), "2020-03-12 18:00");
    }
}
