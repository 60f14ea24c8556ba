//! Computes all kernels between samples once, and lists the features as squares of 1 + Σ xᵢ does.
// REPLACE 6.1
    let mut features = Vec::new();
    let extended: Vec<f64> = std::iter::once(1.0).chain(x.iter().copied()).collect();
    for (i, a) in extended.iter().enumerate() {
        features.push(a * a);
        features.extend(extended[..i].iter().map(|b| root * a * b));
    }
    features
// REPLACE 6.4
        let gram: Vec<Vec<f64>> =
            points.iter().map(|x| points.iter().map(|y| kernel(x, y) + 1.0).collect()).collect();
        let mut scores = vec![0.0; points.len()];
        let mut mistakes = Vec::new();
        for _ in 0..passes {
            let mut wrong = 0;
            for (i, row) in gram.iter().enumerate() {
                if scores[i] * labels[i] <= 0.0 {
                    perceptron.coefficients[i] += labels[i];
                    scores.iter_mut().zip(row).for_each(|(score, k)| *score += labels[i] * k);
                    wrong += 1;
                }
            }
            mistakes.push(wrong);
            if wrong == 0 {
                break;
            }
        }
        (perceptron, mistakes)
