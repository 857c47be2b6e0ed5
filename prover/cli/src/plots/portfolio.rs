//! Amounts in quote over a price, with a legend.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::errors::Failure;

/// Width and height in pixels.
const SIZE: (u32, u32) = (960, 640);
/// Height of the band with title and legend.
const HEAD: u32 = 100;
/// Entries in a row of the legend.
const PER_ROW: usize = 3;

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
    pub(crate) x_label: String,
    /// What the vertical axis shows; the unit is appended.
    pub(crate) y_label: String,
    pub(crate) lines: Vec<Line>,
    /// Named single points.
    pub(crate) dots: (String, RGBColor, Vec<(f64, f64)>),
    /// Horizontal levels that are drawn where they lie in range.
    pub(crate) levels: Vec<(String, RGBColor, f64)>,
}

/// The scale of an axis: its unit and how many quote that is.
fn scale(largest: f64) -> (&'static str, f64) {
    match largest {
        l if l >= 2e7 => ("million USD", 1e6),
        l if l >= 2e4 => ("thousand USD", 1e3),
        _ => ("USD", 1.0),
    }
}

/// Digits in groups of three, with as many places as a span needs.
fn label(value: f64, span: f64) -> String {
    let places = if span >= 50.0 {
        0
    } else if span >= 5.0 {
        1
    } else {
        3
    };
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

impl Plot {
    /// The text of the SVG file.
    pub(crate) fn svg(&self) -> Result<String, Failure> {
        let mut text = String::new();
        self.draw(&mut text)
            .map_err(|error| Failure::internal(format!("plot: expected to draw, found {error}")))?;
        Ok(text)
    }

    fn draw<'b>(&self, text: &'b mut String) -> Result<(), Box<dyn std::error::Error + 'b>> {
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

        let root = SVGBackend::with_string(text, SIZE).into_drawing_area();
        root.fill(&WHITE)?;
        let (head, body) = root.split_vertically(HEAD);
        let mut chart = ChartBuilder::on(&body)
            .margin_left(14)
            .margin_right(36)
            .margin_bottom(10)
            .margin_top(6)
            .x_label_area_size(52)
            .y_label_area_size(92)
            .build_cartesian_2d(left..right, low / per..high / per)?;
        let (wide, tall) = (right - left, (high - low) / per);
        chart
            .configure_mesh()
            .x_desc(self.x_label.as_str())
            .y_desc(format!("{} ({unit})", self.y_label))
            .x_labels(9)
            .y_labels(9)
            .x_label_formatter(&|x| label(*x, wide))
            .y_label_formatter(&|y| label(*y, tall))
            .bold_line_style(RGBColor(214, 214, 214))
            .light_line_style(TRANSPARENT)
            .label_style(("sans-serif", 15))
            .axis_desc_style(("sans-serif", 17))
            .draw()?;
        let zero = [(left, 0.0), (right, 0.0)];
        chart.draw_series(LineSeries::new(zero, RGBColor(90, 90, 90).stroke_width(1)))?;
        let mut legend: Vec<(String, RGBColor, Mark)> = Vec::new();
        for line in &self.lines {
            let points = line.points.iter().map(|(x, y)| (*x, y / per));
            let style = line.color.stroke_width(2);
            if line.dashed {
                chart.draw_series(DashedLineSeries::new(points, 7, 5, style))?;
                legend.push((line.name.clone(), line.color, Mark::Dashed));
            } else {
                chart.draw_series(LineSeries::new(points, style))?;
                legend.push((line.name.clone(), line.color, Mark::Line));
            }
        }
        for (name, color, level) in self.levels.iter().filter(|(.., level)| (low..high).contains(level)) {
            let points = [(left, level / per), (right, level / per)];
            chart.draw_series(DashedLineSeries::new(points, 3, 5, color.stroke_width(2)))?;
            legend.push((name.clone(), *color, Mark::Dashed));
        }
        let (name, color, dots) = &self.dots;
        if !dots.is_empty() {
            let circle = |(x, y): &(f64, f64)| Circle::new((*x, y / per), 4, color.filled());
            chart.draw_series(dots.iter().map(circle))?;
            legend.push((name.clone(), *color, Mark::Dot));
        }
        drop(chart);
        self.head(&head, &legend)?;
        root.present()?;
        Ok(())
    }

    /// Title and legend, above the chart, where nothing else is drawn.
    fn head<'b>(
        &self,
        area: &DrawingArea<SVGBackend<'b>, plotters::coord::Shift>,
        legend: &[(String, RGBColor, Mark)],
    ) -> Result<(), Box<dyn std::error::Error + 'b>> {
        let middle = Pos::new(HPos::Center, VPos::Center);
        let title = TextStyle::from(("sans-serif", 21).into_font()).pos(middle);
        area.draw(&Text::new(self.title.as_str(), (SIZE.0 as i32 / 2, 24), title))?;
        let entry = TextStyle::from(("sans-serif", 15).into_font()).pos(Pos::new(HPos::Left, VPos::Center));
        for (at, (name, color, mark)) in legend.iter().enumerate() {
            let x = 96 + (at % PER_ROW) as i32 * 288;
            let y = 54 + (at / PER_ROW) as i32 * 22;
            let style = color.stroke_width(2);
            match mark {
                Mark::Line => area.draw(&PathElement::new([(x, y), (x + 28, y)], style))?,
                Mark::Dashed => {
                    area.draw(&PathElement::new([(x, y), (x + 11, y)], style))?;
                    area.draw(&PathElement::new([(x + 17, y), (x + 28, y)], style))?;
                }
                Mark::Dot => area.draw(&Circle::new((x + 14, y), 4, color.filled()))?,
            }
            area.draw(&Text::new(name.as_str(), (x + 36, y), entry.clone()))?;
        }
        Ok(())
    }
}

/// How the legend shows an entry.
enum Mark {
    Line,
    Dashed,
    Dot,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_groups_and_no_negative_zero() {
        assert_eq!(label(1_234_567.8, 1e6), "1,234,568");
        assert_eq!(label(-1_000.0, 100.0), "-1,000");
        assert_eq!(label(-0.2, 60.0), "0");
        assert_eq!(label(2.25, 6.0), "2.2");
        assert_eq!(label(-0.125, 1.0), "-0.125");
        assert_eq!(scale(19_999.0).0, "USD");
        assert_eq!(scale(3e7), ("million USD", 1e6));
    }

    #[test]
    fn a_plot_shows_its_lines_and_the_levels_in_range() {
        let plot = Plot {
            title: "title".into(),
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
            "1,400",
        ] {
            assert!(svg.contains(wanted), "{wanted}");
        }
        assert!(!svg.contains("outside"));
    }
}
