//! What a record is: kinds with their fields, labels, enumerations and secrecy, and records bound to them.

pub mod record;
pub mod schema;

pub use record::{Home, Part, Record, Val};
pub use schema::{Enum, EnumId, Field, Kind, KindId, Level, Required, Schema, Secrecy, Shape, ShapeId, Type};
