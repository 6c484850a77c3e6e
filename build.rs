//! Turns data files into Rust tables before the crate is compiled: one generator a file in `build/`.

#[path = "build/calendar.rs"]
mod calendar;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    calendar::generate(&out);
}
