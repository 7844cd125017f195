import Arrays
import Testing

/// What a test wants to know of an ONNX file: a reader of the Protocol Buffers encoding that shares nothing with the writer.
struct ONNXReader {
  struct Node {
    var type = ""
    var name = ""
    var inputs: [String] = []
    var outputs: [String] = []
    var integers: [String: [Int]] = [:]
    var bodies: [String: ONNXReader] = [:]
  }

  struct Constant: Equatable {
    var shape: [Int] = []
    var type = 0
    var bytes: [UInt8] = []

    /// The elements of a float32 array.
    var floats: [Float] {
      bytes.withUnsafeBytes { buffer in
        (0..<bytes.count / 4).map { buffer.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
      }
    }
  }

  struct Argument: Equatable {
    var name = ""
    var type = 0
    /// `N` for the batch size, `?` for what isn't written.
    var shape: [String] = []
  }

  private(set) var producer = ""
  private(set) var encoding = 0
  private(set) var opset = 0
  private(set) var metadata: [String: String] = [:]
  private(set) var nodes: [Node] = []
  private(set) var constants: [String: Constant] = [:]
  private(set) var inputs: [Argument] = []
  private(set) var outputs: [Argument] = []

  /// Reads a model.
  init(_ bytes: [UInt8]) throws {
    for field in try Self.fields(bytes) {
      switch field.number {
      case 1: encoding = field.integer
      case 2: producer = field.text
      case 7: self.read(graph: try Self.fields(field.bytes))
      case 8: opset = try Self.fields(field.bytes).first { $0.number == 2 }?.integer ?? 0
      case 14:
        let pair = try Self.fields(field.bytes)
        metadata[pair[0].text] = pair[1].text
      default: Issue.record("a model has no field \(field.number)")
      }
    }
  }

  private init(graph: [Field]) { read(graph: graph) }

  /// The operators' names, in order.
  var types: [String] { nodes.map(\.type) }

  private mutating func read(graph: [Field]) {
    for field in graph {
      let parts = (try? Self.fields(field.bytes)) ?? []
      switch field.number {
      case 1: nodes.append(Self.node(parts))
      case 2: break
      case 5: constants[parts.first { $0.number == 8 }?.text ?? ""] = Self.constant(parts)
      case 11: inputs.append(Self.argument(parts))
      case 12: outputs.append(Self.argument(parts))
      default: Issue.record("a graph has no field \(field.number)")
      }
    }
  }

  private static func node(_ fields: [Field]) -> Node {
    var node = Node()
    for field in fields {
      switch field.number {
      case 1: node.inputs.append(field.text)
      case 2: node.outputs.append(field.text)
      case 3: node.name = field.text
      case 4: node.type = field.text
      case 5:
        let parts = (try? Self.fields(field.bytes)) ?? []
        let name = parts.first { $0.number == 1 }?.text ?? ""
        node.integers[name] = parts.filter { $0.number == 3 || $0.number == 8 }.map(\.integer)
        if let body = parts.first(where: { $0.number == 6 }), let fields = try? Self.fields(body.bytes) {
          node.bodies[name] = ONNXReader(graph: fields)
        }
      default: Issue.record("a node has no field \(field.number)")
      }
    }
    return node
  }

  private static func constant(_ fields: [Field]) -> Constant {
    Constant(
      shape: fields.filter { $0.number == 1 }.map(\.integer), type: fields.first { $0.number == 2 }?.integer ?? 0,
      bytes: fields.first { $0.number == 9 }?.bytes ?? [])
  }

  private static func argument(_ fields: [Field]) -> Argument {
    var argument = Argument(name: fields.first { $0.number == 1 }?.text ?? "")
    func inside(_ fields: [Field], _ number: Int) -> [Field] {
      fields.first { $0.number == number }.flatMap { try? Self.fields($0.bytes) } ?? []
    }
    let tensor = inside(inside(fields, 2), 1)
    argument.type = tensor.first { $0.number == 1 }?.integer ?? 0
    argument.shape = inside(tensor, 2).map { dimension in
      let parts = (try? Self.fields(dimension.bytes)) ?? []
      return parts.first.map { $0.number == 1 ? "\($0.integer)" : $0.text } ?? "?"
    }
    return argument
  }

  // MARK: Protocol Buffers

  private struct Field {
    var number = 0
    var integer = 0
    var bytes: [UInt8] = []
    var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  private struct Truncated: Error {}

  private static func fields(_ bytes: [UInt8]) throws -> [Field] {
    var rest = bytes[...]
    func number() throws -> UInt64 {
      var (value, shift) = (UInt64(0), UInt64(0))
      while let byte = rest.popFirst() {
        value |= UInt64(byte & 0x7F) << shift
        if byte & 0x80 == 0 { return value }
        shift += 7
      }
      throw Truncated()
    }
    var fields: [Field] = []
    while !rest.isEmpty {
      let tag = try number()
      var field = Field(number: Int(tag >> 3))
      switch tag & 7 {
      case 0: field.integer = Int(truncatingIfNeeded: try number())
      case 2:
        let count = Int(try number())
        guard count <= rest.count else { throw Truncated() }
        field.bytes = Array(rest.prefix(count))
        rest = rest.dropFirst(count)
      default: throw Truncated()
      }
      fields.append(field)
    }
    return fields
  }
}
