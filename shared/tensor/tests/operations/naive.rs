//! The slow, obvious tensor that the fast one is compared with: a shape, numbers in row-major order, and loops over
//! indices, all in double precision.

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Naive {
    pub(crate) shape: Vec<usize>,
    pub(crate) data: Vec<f64>,
}

/// Every index of a shape in row-major order.
pub(crate) fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    for &size in shape {
        all = all.iter().flat_map(|index| (0..size).map(move |i| [&index[..], &[i]].concat())).collect();
    }
    all
}

impl Naive {
    pub(crate) fn from_fn(shape: &[usize], f: impl FnMut(&Vec<usize>) -> f64) -> Self {
        Self { shape: shape.to_vec(), data: indices(shape).iter().map(f).collect() }
    }

    pub(crate) fn scalar(value: f64) -> Self {
        Self { shape: vec![], data: vec![value] }
    }

    pub(crate) fn at(&self, index: &[usize]) -> f64 {
        assert_eq!(index.len(), self.shape.len(), "{index:?} in {:?}", self.shape);
        let position = index.iter().zip(&self.shape).fold(0, |position, (&i, &size)| {
            assert!(i < size, "{index:?} in {:?}", self.shape);
            position * size + i
        });
        self.data[position]
    }

    /// The element at an index that may be outside, where it is 0.
    pub(crate) fn at_or_zero(&self, index: &[isize]) -> f64 {
        let inside = index.iter().zip(&self.shape).all(|(&i, &size)| (0..size as isize).contains(&i));
        if inside { self.at(&index.iter().map(|&i| i as usize).collect::<Vec<_>>()) } else { 0.0 }
    }

    pub(crate) fn map(&self, f: impl Fn(f64) -> f64) -> Self {
        Self { shape: self.shape.clone(), data: self.data.iter().map(|&x| f(x)).collect() }
    }

    pub(crate) fn abs(&self) -> Self {
        self.map(f64::abs)
    }

    /// The element that broadcasting puts at `index`.
    fn broadcast_at(&self, index: &[usize]) -> f64 {
        let lead = index.len() - self.shape.len();
        let own: Vec<usize> =
            self.shape.iter().zip(&index[lead..]).map(|(&size, &i)| if size == 1 { 0 } else { i }).collect();
        self.at(&own)
    }

    pub(crate) fn zip(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Self {
        let rank = self.shape.len().max(other.shape.len());
        let size = |shape: &[usize], i: usize| (i + shape.len()).checked_sub(rank).map_or(1, |j| shape[j]);
        let shape: Vec<usize> = (0..rank)
            .map(|i| match (size(&self.shape, i), size(&other.shape, i)) {
                (1, b) => b,
                (a, _) => a,
            })
            .collect();
        Self::from_fn(&shape, |index| f(self.broadcast_at(index), other.broadcast_at(index)))
    }

    /// Replaces the given dimensions by one number each, computed from the elements along them.
    pub(crate) fn reduce(&self, dims: &[usize], f: impl Fn(&[f64]) -> f64) -> Self {
        let kept: Vec<usize> = (0..self.shape.len()).filter(|dim| !dims.contains(dim)).collect();
        let sizes = |dims: &[usize]| dims.iter().map(|&dim| self.shape[dim]).collect::<Vec<_>>();
        Self::from_fn(&sizes(&kept), |outer| {
            let row: Vec<f64> = indices(&sizes(dims))
                .iter()
                .map(|inner| {
                    let mut index = vec![0; self.shape.len()];
                    kept.iter().zip(outer).for_each(|(&dim, &i)| index[dim] = i);
                    dims.iter().zip(inner).for_each(|(&dim, &i)| index[dim] = i);
                    self.at(&index)
                })
                .collect();
            f(&row)
        })
    }

    /// Applies a function of a whole row along one dimension.
    pub(crate) fn along(&self, dim: usize, f: impl Fn(&[f64]) -> Vec<f64>) -> Self {
        Self::from_fn(&self.shape, |index| {
            let row: Vec<f64> = (0..self.shape[dim])
                .map(|i| {
                    let mut index = index.clone();
                    index[dim] = i;
                    self.at(&index)
                })
                .collect();
            f(&row)[index[dim]]
        })
    }

    pub(crate) fn reshape(&self, shape: &[usize]) -> Self {
        assert_eq!(shape.iter().product::<usize>(), self.data.len());
        Self { shape: shape.to_vec(), data: self.data.clone() }
    }

    pub(crate) fn permute(&self, order: &[usize]) -> Self {
        let shape: Vec<usize> = order.iter().map(|&dim| self.shape[dim]).collect();
        Self::from_fn(&shape, |index| {
            let mut own = vec![0; order.len()];
            order.iter().zip(index).for_each(|(&dim, &i)| own[dim] = i);
            self.at(&own)
        })
    }

    pub(crate) fn expand(&self, shape: &[usize]) -> Self {
        Self::from_fn(shape, |index| self.broadcast_at(index))
    }

    /// The product of the last two dimensions; leading ones are broadcast.
    pub(crate) fn matmul(&self, other: &Self) -> Self {
        let (left, right) = (self.shape.len(), other.shape.len());
        let (m, k, n) = (self.shape[left - 2], self.shape[left - 1], other.shape[right - 1]);
        let batch = Self { shape: self.shape[..left - 2].to_vec(), data: vec![] };
        let other_batch = Self { shape: other.shape[..right - 2].to_vec(), data: vec![] };
        let zeros = |x: &Self| Self::from_fn(&x.shape, |_| 0.0);
        let batch = zeros(&batch).zip(&zeros(&other_batch), |a, _| a).shape;
        Self::from_fn(&[&batch[..], &[m, n]].concat(), |index| {
            let (batch, place) = index.split_at(index.len() - 2);
            (0..k)
                .map(|i| {
                    let a = [batch, &[place[0], i]].concat();
                    let b = [batch, &[i, place[1]]].concat();
                    self.broadcast_at(&a) * other.broadcast_at(&b)
                })
                .sum()
        })
    }
}
