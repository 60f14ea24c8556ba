//! Ends without recording the pass that had no mistake.
//! caught by: training_is_learning_again_and_again, training_separates_what_is_separable
// REPLACE 3.2
    let mut mistakes = Vec::new();
    while mistakes.len() < passes {
        let mut wrong = 0;
        for (x, &label) in points.iter().zip(labels) {
            if perceptron.learn(x, label) {
                wrong += 1;
            }
        }
        if wrong == 0 {
            break;
        }
        mistakes.push(wrong);
    }
    (perceptron, mistakes)
