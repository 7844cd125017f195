// What devices exchange; see `DeviceAxis`.

/// A primitive whose results depend on the devices that run the program.
protocol Collective: Primitive {
  var axis: DeviceAxis { get }
}

extension Collective {
  /// Whether the program runs on the devices of the axis. If not, it isn't compiled.
  fileprivate func isPossible(_ inputs: [Value], in writer: inout ProgramWriter) -> Bool {
    if writer.devices == axis.devices { return true }
    writer.refuse(
      Diagnostic(
        operation: Self.name,
        message: "is for a program that runs on \(axis.devices) devices, but this one runs on \(writer.devices): "
          + "compile it with Program(devices: \(axis.devices))", inputs: inputs.map(\.type), file: nil))
    return false
  }

  /// The groups of devices as an attribute.
  fileprivate var replicaGroups: String {
    let groups = axis.groups
    return "replica_groups = dense<\(groups)> : tensor<\(groups.count)x\(axis.count)xi64>"
  }
}

/// The sums over an axis of what its devices have; half precision is added up in `float32`.
struct AllReduce: Collective {
  static let name = "allReduce"
  let axis: DeviceAxis
  let count: Int

  var resultCount: Int { count }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    try ElementDomain.numeric.check(inputs)
    guard count > 0, inputs.count == count, inputs.allSatisfy({ $0.dtype == inputs[0].dtype }) else {
      throw ShapeError("needs \(count) tensors of one element type")
    }
    return inputs
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    guard axis.count > 1, isPossible(inputs, in: &writer) else { return inputs }
    let dtype = results[0].dtype.accumulation
    let wide = inputs.map { writer.convert($0, to: dtype) }
    let elements = (0..<2).map { _ in Value(name: writer.fresh("%a"), type: TensorType(dtype, [])) }
    let types = wide.map(\.type.description).joined(separator: ", ")
    let sums = writer.regional(
      "\"stablehlo.all_reduce\"(\(wide.map(\.name).joined(separator: ", "))) <{\(replicaGroups)}>", over: elements,
      type: "(\(types)) -> \(count == 1 ? types : "(\(types))")", wide.map(\.type)
    ) { writer in writer.binary("add", elements[0], elements[1]) }
    return zip(sums, results).map { writer.convert($0, to: $1.dtype) }
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    Tensor.apply(Spread(axis: axis, count: count), to: cotangents)
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }
}

/// The same values, as each device's own: the transpose of ``AllReduce``.
struct Spread: Collective {
  static let name = "spread"
  let axis: DeviceAxis
  let count: Int

  var resultCount: Int { count }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard count > 0, inputs.count == count else { throw ShapeError("needs \(count) tensors, not \(inputs.count)") }
    return inputs
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] { inputs }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    let smooth = inputs.indices.filter { inputs[$0].dtype.isFloatingPoint }
    var found: [Tensor?] = inputs.map { _ in nil }
    for (place, sum) in zip(smooth, axis.sum(smooth.map { cotangents[$0] })) { found[place] = sum }
    return found
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size))
  }
}

/// The rows of an axis' devices, one device's after the other's.
struct AllGather: Collective {
  static let name = "allGather"
  let axis: DeviceAxis
  let count: Int

  var resultCount: Int { count }

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] {
    guard count > 0, inputs.count == count, inputs.allSatisfy({ $0.dtype == inputs[0].dtype }) else {
      throw ShapeError("needs \(count) tensors of one element type")
    }
    var types: [TensorType] = []
    for input in inputs {
      guard let rows = input.shape.first else { throw ShapeError("needs rows, not a scalar") }
      types.append(TensorType(input.dtype, input.shape.replacing(axis: 0, with: rows * axis.count)))
    }
    return types
  }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    guard axis.count > 1, isPossible(inputs, in: &writer) else { return inputs }
    func list(_ types: [TensorType]) -> String { types.map(\.description).joined(separator: ", ") }
    return writer.assign(
      "\"stablehlo.all_gather\"(\(inputs.map(\.name).joined(separator: ", "))) "
        + "<{all_gather_dim = 0 : i64, \(replicaGroups)}> : (\(list(inputs.map(\.type)))) -> "
        + (count == 1 ? list(results) : "(\(list(results)))"), results)
  }

  func pullback(_ cotangents: [Tensor], inputs: [Tensor], results: [Tensor]) -> [Tensor?] {
    inputs[0].dtype.isFloatingPoint ? cotangents.map { axis.rows(of: $0) } : inputs.map { _ in nil }
  }

  func vectorized(_ inputs: [Tensor], _ isBatched: [Bool], size: Int) -> [Tensor] {
    Tensor.apply(self, to: inputs.batched(isBatched, size).map { $0.moveAxis(from: 0, to: 1) })
      .map { $0.moveAxis(from: 1, to: 0) }
  }
}

/// The number of the device that runs the program, an int32 scalar.
struct DeviceNumber: Collective, Source, Rematerializable {
  static let name = "deviceNumber"
  let axis: DeviceAxis

  func resultTypes(for inputs: [TensorType]) throws(ShapeError) -> [TensorType] { [TensorType(.int32, [])] }

  func emit(_ inputs: [Value], _ results: [TensorType], to writer: inout ProgramWriter) -> [Value] {
    guard isPossible(inputs, in: &writer) else { return [writer.scalar("0", .int32)] }
    let number = writer.assign("stablehlo.replica_id : tensor<ui32>", [TensorType(.uint32, [])])
    return [writer.convert(number[0], to: .int32)]
  }
}
