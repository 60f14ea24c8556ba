//! Computes losses and their gradients with loops over bare numbers, and ln Σ exp by log_softmax of the library.
// REPLACE 5.6
    let log_probabilities = logits.log_softmax(1);
    let mut loss = T::zero();
    for (row, &label) in labels.iter().enumerate() {
        loss -= log_probabilities.get([row, label]) / T::from_f64(n as f64);
    }
    CrossEntropy { loss, probabilities: log_probabilities.exp() }
// REPLACE 5.7
    let mut gradient = probabilities.to_vec();
    for (row, &label) in labels.iter().enumerate() {
        gradient[row * classes + label] -= T::one();
    }
    let share = dloss / T::from_f64(n as f64);
    Tensor::from_vec(gradient.into_iter().map(|g| g * share).collect(), [n, classes])
// REPLACE 5.8
    let (a, b) = (prediction.to_vec(), target.to_vec());
    let sum: T = a.into_iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
    sum / T::from_f64(prediction.numel() as f64)
