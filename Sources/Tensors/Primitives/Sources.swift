import PJRT

/// A primitive without inputs, whose result exists before anything is computed.
protocol Source: NonDifferentiable {}

extension Source {
  /// Never called by ``vectorized(over:file:line:_:)``, since no input is batched: the members share it.
  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs).map { $0.repeated(size) }
  }
}

/// A primitive that is cheaper to compute again inside a loop than to carry into it, where its inputs are such
/// results too.
protocol Rematerializable {
  var isRematerializable: Bool { get }
}

extension Rematerializable {
  var isRematerializable: Bool { true }
}

/// A function's argument: its value arrives when the program runs.
struct Placeholder: Source {
  static let name = "placeholder"
  let type: TensorType

  init(_ type: TensorType) { self.type = type }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] { [type] }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    // Arguments are bound before anything is written; one that isn't belongs to another function.
    [Value(name: "%unbound", type: type)]
  }
}

/// An array that lives on a device, or on several: programs take it as a further argument.
struct DeviceArray: Source {
  static let name = "deviceArray"
  /// One per device; never empty.
  let buffers: [Buffer]
  let type: TensorType

  /// That of the first device.
  var buffer: Buffer { buffers[0] }

  static func == (x: DeviceArray, y: DeviceArray) -> Bool { x.buffer === y.buffer }

  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(buffer)) }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] { [type] }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    [Value(name: "%unbound", type: type)]
  }
}

/// Each element's index along an axis.
struct Iota: Source, Rematerializable {
  static let name = "iota"
  let type: TensorType
  let axis: Int

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard type.shape.indices.contains(axis) else { throw ShapeError("no axis \(axis) in \(type.shape)") }
    guard type.dtype != .bool, type.shape.allSatisfy({ $0 >= 0 }) else {
      throw ShapeError("can't count in \(type.dtype)\(type.shape)")
    }
    return [type]
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.assign("stablehlo.iota dim = \(axis) : \(type)", results)
  }
}

/// An array known while tracing. Small ones are written into the program; larger ones become arguments.
struct Constant: Source, Rematerializable {
  static let name = "constant"
  /// Elements up to which the values are part of the program's text.
  static let inlineLimit = 64
  let array: HostArray

  var type: TensorType { TensorType(array.dtype, Shape(array.shape)) }
  /// Whether the values are part of the program's text.
  var isInline: Bool { array.count <= Self.inlineLimit }
  var isRematerializable: Bool { isInline }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] { [type] }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    writer.assign("stablehlo.constant dense<\(literal)> : \(type)", results)
  }

  /// The elements for people, if they are few.
  var text: String { array.count <= 8 ? literal : "\(array.count) elements" }

  private var literal: String {
    let elements = array.bytes.chunked(by: array.dtype.byteCount).map { array.dtype.literal($0) }
    if array.shape.contains(0) { return "" }
    func nested(_ shape: ArraySlice<Int>, _ elements: ArraySlice<String>) -> String {
      guard let extent = shape.first else { return elements.first ?? "" }
      let stride = elements.count / extent
      let parts = (0..<extent).map { index in
        let start = elements.startIndex + index * stride
        return nested(shape.dropFirst(), elements[start..<start + stride])
      }
      return "[" + parts.joined(separator: ", ") + "]"
    }
    return nested(array.shape[...], elements[...])
  }
}

extension [UInt8] {
  fileprivate func chunked(by size: Int) -> [ArraySlice<UInt8>] {
    stride(from: 0, to: count, by: size).map { self[$0..<$0 + size] }
  }
}

extension DType {
  /// One element as MLIR spells it. Floats that don't survive decimal are spelled by their bits.
  func literal(_ bytes: some Sequence<UInt8>) -> String {
    let bits = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let hex =
      "0x" + String(repeating: "0", count: byteCount * 2 - String(bits, radix: 16).count)
      + String(bits, radix: 16, uppercase: true)
    switch self {
    case .bool: return bits == 0 ? "false" : "true"
    case .uint8, .uint16, .uint32, .uint64: return String(bits)
    case .int8: return String(Int8(truncatingIfNeeded: bits))
    case .int16: return String(Int16(truncatingIfNeeded: bits))
    case .int32: return String(Int32(truncatingIfNeeded: bits))
    case .int64: return String(Int64(bitPattern: bits))
    case .float16, .bfloat16: return hex
    case .float32:
      let value = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
      return Self.decimal(value.description, value.isFinite && Float(Double(value.description) ?? .nan) == value) ?? hex
    case .float64:
      let value = Double(bitPattern: bits)
      return Self.decimal(value.description, value.isFinite) ?? hex
    }
  }

  /// MLIR wants a point in every float literal; Swift's `1e-07` has none.
  private static func decimal(_ text: String, _ isExact: Bool) -> String? {
    guard isExact else { return nil }
    guard !text.contains("."), let exponent = text.firstIndex(of: "e") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }
}
