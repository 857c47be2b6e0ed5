//! Amounts in quote over a price, with a legend.

use std::ops::Range;

use plotters::prelude::*;

use super::frame::{Drawn, Entry, Mark, head, head_height, label, places, scale};
use crate::errors::Failure;

/// Width and height in pixels.
const SIZE: (u32, u32) = (960, 640);
/// Labels of each axis, at most.
const LABELS: usize = 9;
/// The vertical line at the price.
const SPOT: RGBColor = RGBColor(120, 120, 120);

/// A line with its name in the legend.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) color: RGBColor,
    pub(crate) dashed: bool,
    pub(crate) points: Vec<(f64, f64)>,
}

/// What a plot shows: amounts in quote over a price.
pub(crate) struct Plot {
    pub(crate) title: String,
    /// A smaller line below the title.
    pub(crate) note: String,
    /// The price as it is, a vertical line.
    pub(crate) spot: f64,
    pub(crate) x_label: String,
    /// What the vertical axis shows; the unit is appended.
    pub(crate) y_label: String,
    pub(crate) lines: Vec<Line>,
    /// Named single points.
    pub(crate) dots: (String, RGBColor, Vec<(f64, f64)>),
    /// Horizontal levels that are drawn where they lie in range.
    pub(crate) levels: Vec<(String, RGBColor, f64)>,
}

impl Plot {
    /// The text of the SVG file.
    pub(crate) fn svg(&self) -> Result<String, Failure> {
        let mut text = String::new();
        self.draw(&mut text)
            .map_err(|error| Failure::internal(format!("plot: expected to draw, found {error}")))?;
        Ok(text)
    }

    /// The legend's entries, in the order in which things are drawn.
    fn legend(&self, shown: &Range<f64>) -> Vec<Entry> {
        let entry = |name: &str, color, mark| Entry {
            name: name.to_owned(),
            color,
            mark,
        };
        let mark = |dashed| if dashed { Mark::Dashed } else { Mark::Line };
        let mut all: Vec<Entry> = (self.lines.iter())
            .map(|line| entry(&line.name, line.color, mark(line.dashed)))
            .collect();
        all.extend(
            self.levels_in(shown)
                .map(|(name, color, _)| entry(name, *color, Mark::Dashed)),
        );
        let (name, color, dots) = &self.dots;
        if !dots.is_empty() {
            all.push(entry(name, *color, Mark::Dot));
        }
        all.push(entry("price now", SPOT, Mark::Dashed));
        all
    }

    fn levels_in<'a>(&'a self, shown: &'a Range<f64>) -> impl Iterator<Item = &'a (String, RGBColor, f64)> {
        self.levels.iter().filter(|(.., level)| shown.contains(level))
    }

    fn draw(&self, text: &mut String) -> Drawn {
        let curves = self.lines.iter().flat_map(|line| &line.points);
        let points: Vec<(f64, f64)> = curves.chain(&self.dots.2).copied().collect();
        let range = |of: fn(&(f64, f64)) -> f64| {
            let values = points.iter().map(of);
            values.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)))
        };
        let ((left, right), (low, high)) = (range(|p| p.0), range(|p| p.1));
        let (low, high) = (low.min(0.0), high.max(0.0));
        let room = ((high - low) * 0.06).max(1e-3);
        let (low, high) = (low - room, high + room);
        let (unit, per) = scale(low.abs().max(high.abs()));
        let legend = self.legend(&(low..high));

        let root = SVGBackend::with_string(text, SIZE).into_drawing_area();
        root.fill(&WHITE)?;
        let (top, body) = root.split_vertically(head_height(legend.len()));
        let (across, up) = (left..right, low / per..high / per);
        let (fine, steep) = (places(&across, LABELS), places(&up, LABELS));
        let mut chart = ChartBuilder::on(&body)
            .margin_left(14)
            .margin_right(36)
            .margin_bottom(10)
            .margin_top(6)
            .x_label_area_size(52)
            .y_label_area_size(92)
            .build_cartesian_2d(across, up)?;
        chart
            .configure_mesh()
            .x_desc(self.x_label.as_str())
            .y_desc(format!("{} ({unit})", self.y_label))
            .x_labels(LABELS)
            .y_labels(LABELS)
            .x_label_formatter(&|x| label(*x, fine))
            .y_label_formatter(&|y| label(*y, steep))
            .bold_line_style(RGBColor(214, 214, 214))
            .light_line_style(TRANSPARENT)
            .label_style(("sans-serif", 15))
            .axis_desc_style(("sans-serif", 17))
            .draw()?;
        let zero = [(left, 0.0), (right, 0.0)];
        chart.draw_series(LineSeries::new(zero, RGBColor(90, 90, 90).stroke_width(1)))?;
        let spot = [(self.spot, low / per), (self.spot, high / per)];
        chart.draw_series(DashedLineSeries::new(spot, 2, 4, SPOT.stroke_width(1)))?;
        for line in &self.lines {
            let points = line.points.iter().map(|(x, y)| (*x, y / per));
            let style = line.color.stroke_width(2);
            if line.dashed {
                chart.draw_series(DashedLineSeries::new(points, 7, 5, style))?;
            } else {
                chart.draw_series(LineSeries::new(points, style))?;
            }
        }
        for (_, color, level) in self.levels_in(&(low..high)) {
            let points = [(left, level / per), (right, level / per)];
            chart.draw_series(DashedLineSeries::new(points, 3, 5, color.stroke_width(2)))?;
        }
        let (_, color, dots) = &self.dots;
        let circle = |(x, y): &(f64, f64)| Circle::new((*x, y / per), 4, color.filled());
        chart.draw_series(dots.iter().map(circle))?;
        drop(chart);
        head(&top, &self.title, &self.note, &legend)?;
        root.present()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_shows_its_lines_and_the_levels_in_range() {
        let plot = Plot {
            title: "title".into(),
            note: "a note".into(),
            spot: 1_250.0,
            x_label: "price (USD)".into(),
            y_label: "change".into(),
            lines: vec![Line {
                name: "a line".into(),
                color: BLUE,
                dashed: false,
                points: vec![(1_000.0, -50.0), (2_000.0, 100.0)],
            }],
            dots: ("dots".into(), RED, vec![(1_500.0, 20.0)]),
            levels: vec![("inside".into(), BLACK, -20.0), ("outside".into(), BLACK, -900.0)],
        };
        let svg = plot.svg().expect("drawn");
        for wanted in [
            "<svg",
            "title",
            "price (USD)",
            "change (USD)",
            "a line",
            "dots",
            "inside",
            "a note",
            "price now",
            "1,400",
        ] {
            assert!(svg.contains(wanted), "{wanted}");
        }
        assert!(!svg.contains("outside"));
    }
}
