//! Does the crate compute what the model means, refuse what is no model, and keep its promises on real ones?

mod folders;
mod hostile;
mod network;
mod real;
mod reference;
mod tiny;
