import Arrays
import Tensors

/// A graph in the Protocol Buffers encoding of [ONNX](https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), whose
/// field numbers these are.
struct ONNXFile {
  /// The version of the encoding that came with the operators' version.
  private static let encoding: UInt64 = 8

  let body: ONNXBody
  let constants: [(name: String, array: HostArray)]
  let name: String
  /// Texts beside the graph.
  let metadata: [(key: String, value: String)]

  /// About the number of bytes: the arrays', which are nearly all of it.
  var size: Int { constants.reduce(0) { $0 + $1.array.bytes.count } }

  func bytes() -> [UInt8] {
    var model: [UInt8] = []
    model.append(field: 1, varint: Self.encoding)
    model.append(field: 2, text: "Tanren")
    model.append(field: 7, bytes: graph(body, name: name, constants))
    // The domain of the standard's own operators is empty.
    model.append(field: 8, message: { $0.append(field: 2, varint: UInt64(ONNXGraph.opset)) })
    for (key, value) in metadata {
      model.append(field: 14) {
        $0.append(field: 1, text: key)
        $0.append(field: 2, text: value)
      }
    }
    return model
  }

  private func graph(
    _ body: ONNXBody, name: String, _ constants: [(name: String, array: HostArray)] = []
  ) -> [UInt8] {
    var graph: [UInt8] = []
    graph.reserveCapacity(constants.reduce(0) { $0 + $1.array.bytes.count + 64 })
    for node in body.nodes { graph.append(field: 1, bytes: encoded(node)) }
    graph.append(field: 2, text: name)
    for constant in constants { graph.append(field: 5, bytes: encoded(constant.array, name: constant.name)) }
    for input in body.inputs { graph.append(field: 11, bytes: encoded(input)) }
    for output in body.outputs { graph.append(field: 12, bytes: encoded(output)) }
    return graph
  }

  private func encoded(_ node: ONNXNode) -> [UInt8] {
    var bytes: [UInt8] = []
    for input in node.inputs { bytes.append(field: 1, text: input) }
    for output in node.outputs { bytes.append(field: 2, text: output) }
    bytes.append(field: 3, text: node.name)
    bytes.append(field: 4, text: node.type)
    for (name, attribute) in node.attributes.sorted(by: { $0.key < $1.key }) {
      bytes.append(field: 5) { bytes in
        bytes.append(field: 1, text: name)
        switch attribute {
        case .integer(let number):
          bytes.append(field: 3, integer: number)
          bytes.append(field: 20, varint: 2)
        case .number(let number):
          bytes.append(field: 2, float: number)
          bytes.append(field: 20, varint: 1)
        case .text(let text):
          bytes.append(field: 4, text: text)
          bytes.append(field: 20, varint: 3)
        case .body(let body):
          bytes.append(field: 6, bytes: graph(body, name: node.name))
          bytes.append(field: 20, varint: 5)
        case .integers(let numbers):
          for number in numbers { bytes.append(field: 8, integer: number) }
          bytes.append(field: 20, varint: 7)
        }
      }
    }
    return bytes
  }

  private func encoded(_ array: HostArray, name: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(array.bytes.count + 64)
    for extent in array.shape { bytes.append(field: 1, integer: extent) }
    bytes.append(field: 2, varint: UInt64(array.dtype.onnxCode))
    bytes.append(field: 8, text: name)
    bytes.append(field: 9, bytes: array.bytes)
    return bytes
  }

  private func encoded(_ argument: ONNXArgument) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(field: 1, text: argument.name)
    bytes.append(field: 2) { type in
      type.append(field: 1) { tensor in
        tensor.append(field: 1, varint: UInt64(argument.dtype.onnxCode))
        tensor.append(field: 2) { shape in
          for extent in argument.shape {
            shape.append(field: 1) { dimension in
              if extent.isFixed {
                dimension.append(field: 1, integer: extent.fixed)
              } else if extent == .batch {
                dimension.append(field: 2, text: extent.description)
              }
            }
          }
        }
      }
    }
    return bytes
  }
}

extension [UInt8] {
  fileprivate mutating func append(field number: UInt64, text: String) {
    append(field: number, bytes: Array(text.utf8))
  }

  /// A signed number, whose negative values take ten bytes.
  fileprivate mutating func append(field number: UInt64, integer: Int) {
    append(field: number, varint: UInt64(bitPattern: Int64(integer)))
  }

  /// A message inside of a message.
  fileprivate mutating func append(field number: UInt64, message build: (inout [UInt8]) -> Void) {
    var message: [UInt8] = []
    build(&message)
    append(field: number, bytes: message)
  }
}
