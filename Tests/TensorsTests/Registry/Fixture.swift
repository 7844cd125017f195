import Foundation
import PJRT
import TestSupport
import Testing

@testable import Tensors

/// One case of a fixture file: what a primitive gives for some inputs, by NumPy, SciPy or JAX.
struct Fixture: Decodable, Sendable {
  let name: String
  let primitive: String
  let inputs: [Array]
  let attributes: [String: Attribute]
  let outputs: [Array]

  static func load(_ file: String) throws -> [Fixture] {
    try Bundle.module.decodeFixture(file)
  }

  /// An attribute that may be absent, empty then.
  func ints(_ name: String) -> [Int] {
    if case .ints(let values) = attributes[name] { values } else { [] }
  }

  func pairs(_ name: String) -> [(low: Int, high: Int)] {
    if case .pairs(let values) = attributes[name] { values.map { ($0[0], $0[1]) } } else { [] }
  }

  func int(_ name: String) -> Int { if case .int(let value) = attributes[name] { value } else { 0 } }
  func flag(_ name: String) -> Bool { if case .flag(let value) = attributes[name] { value } else { false } }
  func text(_ name: String) -> String { if case .text(let value) = attributes[name] { value } else { "" } }
  func dtype(_ name: String) -> DType { DType(rawValue: text(name)) ?? .bool }
}

extension Fixture {
  enum Attribute: Decodable, Sendable {
    case flag(Bool), int(Int), text(String), ints([Int]), pairs([[Int]])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let value = try? container.decode(Bool.self) {
        self = .flag(value)
      } else if let value = try? container.decode(Int.self) {
        self = .int(value)
      } else if let value = try? container.decode([Int].self) {
        self = .ints(value)
      } else if let value = try? container.decode([[Int]].self) {
        self = .pairs(value)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  /// An array as `fixture_format.py` writes it.
  struct Array: Decodable, Sendable {
    let dtype: DType
    let shape: [Int]
    let values: [Number]

    var doubles: [Double] { values.map(\.double) }

    /// The same numbers in a type the host has; ``Array/dtype`` is to be cast to in the program.
    func tensor() -> Tensor {
      func integers<I: FixedWidthInteger & HostScalar>(_: I.Type) -> Tensor {
        Tensor(values.map { I($0.text) ?? 0 }, shape: Shape(shape))
      }
      return switch dtype {
      case .bool: Tensor(values.map { $0.double != 0 }, shape: Shape(shape))
      case .int8: integers(Int8.self)
      case .int16: integers(Int16.self)
      case .int32: integers(Int32.self)
      case .int64: integers(Int64.self)
      case .uint8: integers(UInt8.self)
      case .uint16: integers(UInt16.self)
      case .uint32: integers(UInt32.self)
      case .uint64: integers(UInt64.self)
      case .float16, .bfloat16, .float32: Tensor(doubles.map { Float($0) }, shape: Shape(shape))
      case .float64: Tensor(doubles, shape: Shape(shape))
      }
    }
  }

  /// A number, or a string where JSON has none: "nan", "inf", integers beyond a double.
  struct Number: Decodable, Sendable {
    let double: Double
    let text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let integer = try? container.decode(Int64.self) {
        double = Double(integer)
        text = String(integer)
      } else if let value = try? container.decode(Double.self) {
        double = value
        text = String(value)
      } else {
        text = try container.decode(String.self)
        double = Double(text) ?? .nan
      }
    }
  }
}
