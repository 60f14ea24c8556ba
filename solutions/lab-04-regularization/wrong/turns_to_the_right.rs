//! Turns clockwise.
//! caught by: four_quarter_turns_are_none
// REPLACE 6.2
    match turns % 4 {
        0 => image.clone(),
        1 => image.transpose(1, 2).flip(2),
        2 => image.flip([1, 2]),
        _ => image.transpose(1, 2).flip(1),
    }
