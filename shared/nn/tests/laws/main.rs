//! What must hold for the layers, optimizers, state dicts and trainings, whatever their numbers are.

mod layers;
mod optimizers;
mod schedules;
mod state_dicts;
mod trainings;
