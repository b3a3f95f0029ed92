//! The data folder of an installation, and whether this machine can run the program.

pub mod data_folder;
pub mod doctor;
