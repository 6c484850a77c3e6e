//! Compiles the data of `templates/` and `examples/demo` into the program: one generator a file in `build/`.

#[path = "build/calendar.rs"]
mod calendar;
#[path = "build/embed.rs"]
mod embed;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    calendar::generate(&out);
    embed::generate(&out);
}
