//! Compiles the data of `templates/` and `examples/demo` into the program.

use std::path::Path;

#[path = "build/embed.rs"]
mod embed;

fn main() {
    let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    embed::generate(Path::new(&out));
}
