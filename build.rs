//! Turns the data files of `templates/` and `examples/demo` into the program's own: one generator a file in `build/`.

use std::path::Path;

#[path = "build/calendar.rs"]
mod calendar;
#[path = "build/embed.rs"]
mod embed;
#[path = "src/data/pack.rs"]
mod pack;

fn main() {
    let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=src/data/pack.rs");
    calendar::generate(Path::new(&out));
    embed::generate(Path::new(&out));
}
