extension Softmax: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) -> [ONNXValue] {
    let x = writer.name(of: writer.full(call.inputs[0]))
    return [ONNXValue(.named(writer.add("Softmax", [x], ["axis": .integer(-1)])), call.results[0])]
  }
}

extension LayerNormalization: ONNXOperation {
  package func onnx(_ call: ONNXCall, in writer: inout ONNXWriter) throws -> [ONNXValue] {
    guard call.inputs[1].shape.count == 1 else {
      throw ONNXFormError(message: "layers of several models side by side aren't one of the standard's")
    }
    let names = call.inputs.map { writer.name(of: writer.full($0)) }
    let name = writer.add(
      "LayerNormalization", names, ["axis": .integer(-1), "epsilon": .number(Float(epsilon))])
    return [ONNXValue(.named(name), call.results[0])]
  }
}
