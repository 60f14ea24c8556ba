//! Activates the last layer as well.
//! caught by: mlp_activates_all_but_its_last_layer
// REPLACE 4.1
        let layer = |pair: &[usize]| Layer::new(pair[0], pair[1], activation);
        Mlp { layers: sizes.windows(2).map(layer).collect() }
