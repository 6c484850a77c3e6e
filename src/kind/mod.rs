//! What a record is: kinds with their fields, labels, enumerations and secrecy, and records bound to them.

pub mod bind;
pub mod fill;
pub mod json_schema;
pub mod load;
pub mod record;
pub mod schema;
pub mod skeleton;

pub use bind::bind;
pub use fill::{Fill, Given};
pub use record::{Gap, Home, Part, Record, Slip, Val};
pub use schema::{Enum, EnumId, Field, Kind, KindId, Level, Required, Schema, Secrecy, Shape, ShapeId, Type};
