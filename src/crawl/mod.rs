//! Visits sources politely: what is due comes in, documents, fact-checks and further pages go out.

pub mod robots;
