import PJRT

extension Tensor {
  /// Computes the tensor: the result holds the array on the device.
  ///
  /// Programs are cached by their text, so evaluating an expression of the same structure again compiles
  /// nothing.
  ///
  /// ```swift
  /// let table = try Tensor.ones([1000, 1000]).cumulativeSum(axis: 0).evaluate()
  /// print(try table[-1, 0].scalar(), try table[0, 0].scalar())  // 1000.0 1.0
  /// ```
  /// - Throws: ``Diagnostic`` if an operation failed, `EngineError` if the engine does.
  public func evaluate(on engine: Engine? = nil) throws -> Tensor {
    try Tensor.evaluate([self], on: engine)[0]
  }

  /// Computes several tensors in one program.
  public static func evaluate(_ tensors: [Tensor], on engine: Engine? = nil) throws -> [Tensor] {
    // What is on a device stays there, on all devices if it is on several.
    let places = tensors.indices.filter { !(tensors[$0].node.primitive is DeviceArray) }
    // A program without results has nothing to compile.
    if places.isEmpty { return tensors }
    let engine = try engine ?? Engine.shared()
    let lowering = try Lowering(places.map { tensors[$0] }, kernels: engine.kernels)
    let executable = try engine.compile(lowering.text)
    let arrays = try lowering.arrays.map { try $0.buffer(on: engine) }
    var results = tensors
    for (place, result) in zip(places, try executable.execute(arrays)) { results[place] = Tensor(result) }
    return results
  }

  /// The elements on the host, computed first if necessary.
  /// - Throws: as ``evaluate(on:)``, and `HostArrayError` if `Scalar` isn't the element type.
  public func values<Scalar: HostScalar>(as type: Scalar.Type = Scalar.self) throws -> [Scalar] {
    try hostArray().values(as: type)
  }

  /// The only element, as a number.
  /// - Throws: as ``evaluate(on:)``, and ``Diagnostic`` if there is more than one.
  public func scalar(file: String = #fileID, line: Int = #line) throws -> Double {
    guard diagnostic != nil || shape.elementCount == 1 else {
      throw Diagnostic(
        operation: "scalar", message: "the tensor has \(shape.elementCount) elements", inputs: [type], file: file,
        line: line)
    }
    return try cast(to: .float64).values(as: Double.self)[0]
  }

  /// The array, if it is known while tracing.
  package var constantArray: HostArray? { (node.primitive as? Constant)?.array }

  /// The array on the host, computed first if necessary.
  public func hostArray() throws -> HostArray {
    if let constantArray { return constantArray }
    return try evaluate().buffer(on: nil).read()
  }

  /// The array's device memory, computed or transferred first if necessary; that of the first device if there are several.
  public func buffer(on engine: Engine? = nil) throws -> Buffer {
    if let array = node.primitive as? DeviceArray { return array.buffer }
    let engine = try engine ?? Engine.shared()
    if let constant = node.primitive as? Constant { return try engine.buffer(constant.array) }
    return try evaluate(on: engine).buffer(on: engine)
  }

  /// The array's memory on each of the engine's first devices, copied there if necessary.
  func buffers(_ count: Int, on engine: Engine) throws -> [Buffer] {
    if let array = node.primitive as? DeviceArray, array.buffers.count >= count {
      return Array(array.buffers.prefix(count))
    }
    let first = try buffer(on: engine)
    if count == 1 { return [first] }
    let array = try constantArray ?? first.read()
    return [first] + (try (1..<count).map { try engine.buffer(array, device: $0) })
  }

  /// The tensor on each of the engine's first devices, so that programs for several find it there; itself for one.
  /// - Throws: as ``evaluate(on:)``, and `EngineError` if there are fewer devices.
  package func onDevices(_ count: Int) throws -> Tensor {
    if count == 1 { return self }
    let engine = try Engine.shared()
    return Tensor(buffers: try buffers(engine.localCount(of: count), on: engine))
  }
}
