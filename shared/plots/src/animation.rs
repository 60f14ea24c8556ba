//! Moving pictures: figures one after the other, as an animated PNG.
//!
//! Every browser shows these, and a viewer that does not know them shows the first frame. Only what changes from one frame
//! to the next is stored, so that a hundred frames of dots on a fixed background take little more than one.

use std::path::Path;

use crate::figure::write_atomically;
use crate::raster;
use crate::scene::Bitmap;
use crate::{Error, Figure, Result};

/// Figures of one size that are shown one after the other, again and again.
///
/// ```
/// # use plots::{Animation, Curves};
/// let frame = |n: usize| Curves::new("Loss").series("train", &[0.9, 0.4, 0.2][..n]).x_range(1.0, 3.0).figure();
/// let animation = Animation::new("A falling loss", 2.0).frame(frame(2)?).frame(frame(3)?);
/// assert!(animation.to_png()?.starts_with(b"\x89PNG"));
/// # Ok::<(), plots::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "call .save() to write it"]
pub struct Animation {
    title: String,
    frames: Vec<Figure>,
    per_second: f64,
    hold: usize,
}

impl Animation {
    /// An animation without frames, which shows so many in a second. The title is what a screen reader says.
    pub fn new(title: &str, per_second: f64) -> Self {
        Self { title: title.to_owned(), frames: Vec::new(), per_second, hold: 1 }
    }

    /// Adds a frame.
    pub fn frame(mut self, figure: Figure) -> Self {
        self.frames.push(figure);
        self
    }

    /// Shows the last frame as long as so many frames.
    pub fn hold_last(mut self, frames: usize) -> Self {
        self.hold = frames.max(1);
        self
    }

    /// The title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The width and the height of the frames in pixels; nothing without frames.
    pub fn size(&self) -> (f64, f64) {
        self.frames.first().map_or((0.0, 0.0), |figure| (figure.width(), figure.height()))
    }

    /// An animated PNG with a pixel to the CSS pixel.
    ///
    /// # Errors
    /// [`Error::Frames`] if there are none or if they differ in size, and what [`Figure::to_png`] gives.
    pub fn to_png(&self) -> Result<Vec<u8>> {
        let size = self.size();
        if let Some(odd) = self.frames.iter().position(|figure| (figure.width(), figure.height()) != size) {
            return Err(Error::Frames { animation: self.title.clone(), frame: odd });
        }
        let Some(first) = self.frames.first() else {
            return Err(Error::Frames { animation: self.title.clone(), frame: 0 });
        };
        let mut shown = raster::draw(first.scene(), 1.0)?;
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, shown.width as u32, shown.height as u32);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_animated(self.frames.len() as u32, 0)?;
        encoder.set_blend_op(png::BlendOp::Over)?;
        let milliseconds = |frames: usize| (1000.0 * frames as f64 / self.per_second).round() as u16;
        encoder.set_frame_delay(milliseconds(1), 1000)?;
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&Change::from_nothing(&shown).rgba)?;
        for (index, figure) in self.frames.iter().enumerate().skip(1) {
            let next = raster::draw(figure.scene(), 1.0)?;
            let change = Change::between(&shown, &next);
            if index + 1 == self.frames.len() {
                writer.set_frame_delay(milliseconds(self.hold), 1000)?;
            }
            // First to the corner: a frame of the old size must not reach beyond the picture at its new place.
            writer.reset_frame_position()?;
            writer.set_frame_dimension(change.width as u32, change.height as u32)?;
            writer.set_frame_position(change.left as u32, change.top as u32)?;
            writer.write_image_data(&change.rgba)?;
            shown = next;
        }
        writer.finish()?;
        Ok(bytes)
    }

    /// Writes the animation to a `.png` file, which is replaced at once or not at all.
    ///
    /// # Errors
    /// [`Error::Extension`] for any other extension, [`Error::Write`] if the file cannot be written, and what
    /// [`Animation::to_png`] gives.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("png")) {
            return Err(Error::Extension { path: path.to_owned() });
        }
        write_atomically(path, &self.to_png()?)
    }
}

/// The rectangle in which two pictures differ: opaque where they do, transparent where they do not.
struct Change {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    rgba: Vec<u8>,
}

impl Change {
    /// All of a picture.
    fn from_nothing(picture: &Bitmap) -> Self {
        let rgba = picture.pixels.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
        Self { left: 0, top: 0, width: picture.width, height: picture.height, rgba }
    }

    fn between(before: &Bitmap, after: &Bitmap) -> Self {
        let width = after.width;
        let pixel = |picture: &Bitmap, place: usize| -> [u8; 3] {
            [0, 1, 2].map(|channel| picture.pixels[3 * place + channel])
        };
        let differs = |place: usize| pixel(before, place) != pixel(after, place);
        let changed: Vec<usize> = (0..width * after.height).filter(|&place| differs(place)).collect();
        // A frame has at least one pixel.
        let rows = changed.iter().map(|place| place / width);
        let columns = changed.iter().map(|place| place % width);
        let (top, bottom) = (rows.clone().min().unwrap_or(0), rows.max().unwrap_or(0));
        let (left, right) = (columns.clone().min().unwrap_or(0), columns.max().unwrap_or(0));
        let mut rgba = Vec::new();
        for row in top..=bottom {
            for place in row * width + left..=row * width + right {
                let [red, green, blue] = pixel(after, place);
                rgba.extend(if differs(place) { [red, green, blue, 255] } else { [0; 4] });
            }
        }
        Self { left, top, width: right - left + 1, height: bottom - top + 1, rgba }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Diagram, Rgb, Style};

    /// A square at a place.
    fn frame(left: f64, side: f64) -> Figure {
        let mut diagram = Diagram::new("square", 40.0, 20.0);
        diagram.rectangle((left, 5.0), (side, side), Style::fill(Rgb(255, 0, 0)));
        diagram.figure()
    }

    /// What a viewer shows, frame by frame.
    fn played(png: &[u8]) -> Vec<Vec<u8>> {
        let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
        let (width, height) = (reader.info().width as usize, reader.info().height as usize);
        let count = reader.info().animation_control().unwrap().num_frames;
        let mut canvas = vec![0; 3 * width * height];
        let mut buffer = vec![0; 4 * width * height];
        let mut shown = Vec::new();
        for _ in 0..count {
            reader.next_frame(&mut buffer).unwrap();
            let control = *reader.info().frame_control().unwrap();
            for (place, p) in
                buffer.chunks_exact(4).take((control.width * control.height) as usize).enumerate()
            {
                if p[3] == 255 {
                    let row = control.y_offset as usize + place / control.width as usize;
                    let column = control.x_offset as usize + place % control.width as usize;
                    canvas[3 * (row * width + column)..][..3].copy_from_slice(&p[..3]);
                }
            }
            shown.push(canvas.clone());
        }
        shown
    }

    #[test]
    fn a_viewer_sees_each_frame() {
        let frames = [frame(2.0, 10.0), frame(20.0, 12.0), frame(20.0, 12.0), frame(30.0, 4.0)];
        let animation = frames.iter().cloned().fold(Animation::new("squares", 5.0), Animation::frame);
        let shown = played(&animation.hold_last(3).to_png().unwrap());
        assert_eq!(shown.len(), frames.len());
        for (shown, frame) in shown.iter().zip(&frames) {
            assert!(*shown == raster::draw(frame.scene(), 1.0).unwrap().pixels);
        }
    }

    #[test]
    fn frames_must_agree() {
        let larger = Diagram::new("larger", 50.0, 20.0).figure();
        let error = Animation::new("odd", 5.0).frame(frame(2.0, 10.0)).frame(larger).to_png().unwrap_err();
        assert!(matches!(error, Error::Frames { frame: 1, .. }), "{error}");
        assert!(Animation::new("none", 5.0).to_png().is_err());
        assert!(matches!(Animation::new("none", 5.0).save("a.gif").unwrap_err(), Error::Extension { .. }));
    }
}
