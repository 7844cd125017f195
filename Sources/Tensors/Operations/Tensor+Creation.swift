import PJRT

extension Tensor {
  /// An array from the host.
  ///
  /// ```swift
  /// let array = try HostArray([1, 2, 3, 4] as [Int32], shape: [2, 2])
  /// print(Tensor(array).type)  // tensor<2x2xi32>
  /// ```
  public init(_ array: HostArray) {
    self.init(Constant(array: array), [])
  }

  /// An array on a device.
  public init(_ buffer: Buffer) { self.init(buffers: [buffer]) }

  /// Arrays of one type, the first for the engine's first device and so on: what a program for so many devices takes as
  /// each one's own. Elsewhere the tensor is the first array.
  ///
  /// ```swift
  /// let parts = try Tensor(perDevice: [HostArray([1, 2] as [Float])])
  /// print(try DeviceAxis(devices: 1).sum(parts).values(as: Float.self))  // [1.0, 2.0]
  /// ```
  /// - Throws: ``Diagnostic`` if there are none or their types differ, `EngineError` if there are fewer devices.
  public init(perDevice arrays: [HostArray], on engine: Engine? = nil) throws {
    let types = arrays.map { TensorType($0.dtype, Shape($0.shape)) }
    guard let type = types.first, types.allSatisfy({ $0 == type }) else {
      throw Diagnostic(operation: "tensor", message: "needs one array of one type for each device", inputs: types)
    }
    let engine = try engine ?? Engine.shared()
    self.init(buffers: try arrays.enumerated().map { try engine.buffer($1, device: $0) })
  }

  /// - Parameter buffers: one per device, of one type.
  package init(buffers: [Buffer]) {
    let type = TensorType(buffers[0].dtype, Shape(buffers[0].shape))
    self.init(DeviceArray(buffers: buffers, type: type), [])
  }

  /// The arrays of each device, for a tensor that is on several.
  package func perDevice() throws -> [HostArray] {
    guard let array = node.primitive as? DeviceArray else { return [try hostArray()] }
    return try array.buffers.map { try $0.read() }
  }

  /// Elements in row-major order, along one axis unless `shape` says otherwise. A shape that they don't fill fails.
  ///
  /// ```swift
  /// let x = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
  /// print(x.shape, x.dtype)  // [2, 3] float32
  /// ```
  public init<Scalar: HostScalar>(
    _ values: [Scalar], shape: Shape? = nil, file: String = #fileID, line: Int = #line
  ) {
    do throws(HostArrayError) {
      self.init(try HostArray(values, shape: shape?.dimensions))
    } catch {
      self = .failed(Diagnostic(operation: "tensor", message: error.description, file: file, line: line))
    }
  }

  /// A scalar. Values beyond an integer type's range become the nearest bound; NaN becomes 0.
  public init(_ value: Double, dtype: DType = .float32) {
    switch dtype {
    case .bool: self.init([value != 0], shape: [])
    case .int8: self.init([Int8(clamped: value)], shape: [])
    case .int16: self.init([Int16(clamped: value)], shape: [])
    case .int32: self.init([Int32(clamped: value)], shape: [])
    case .int64: self.init([Int64(clamped: value)], shape: [])
    case .uint8: self.init([UInt8(clamped: value)], shape: [])
    case .uint16: self.init([UInt16(clamped: value)], shape: [])
    case .uint32: self.init([UInt32(clamped: value)], shape: [])
    case .uint64: self.init([UInt64(clamped: value)], shape: [])
    case .float16, .bfloat16: self = Tensor([Float(value)], shape: []).cast(to: dtype)
    case .float32: self.init([Float(value)], shape: [])
    case .float64: self.init([value], shape: [])
    }
  }

  public init(_ value: Bool) { self.init([value], shape: []) }

  /// `value` in every element of a tensor of `other`'s type.
  public init(_ value: Double, like other: Tensor) {
    self = other.diagnostic == nil ? Tensor(value, dtype: other.dtype).broadcast(to: other.shape) : other
  }

  /// A tensor of zeros.
  public static func zeros(
    _ shape: Shape, dtype: DType = .float32, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor(0, dtype: dtype).broadcast(to: shape, file: file, line: line)
  }

  /// A tensor of ones.
  public static func ones(
    _ shape: Shape, dtype: DType = .float32, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor(1, dtype: dtype).broadcast(to: shape, file: file, line: line)
  }

  /// Zeros of this shape and type.
  public func zerosLike() -> Tensor { Tensor(0, like: self) }
  /// Ones of this shape and type.
  public func onesLike() -> Tensor { Tensor(1, like: self) }

  /// `0, 1, …` along an axis of `shape`.
  ///
  /// ```swift
  /// print(try Tensor.iota([2, 3], axis: 1).values(as: Int32.self))  // [0, 1, 2, 0, 1, 2]
  /// print(Tensor.zeros([3]).type, Tensor.identity(4).shape)         // tensor<3xf32> [4, 4]
  /// ```
  public static func iota(
    _ shape: Shape, axis: Int = 0, dtype: DType = .int32, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor(
      Iota(type: TensorType(dtype, shape), axis: shape.resolve(axis: axis) ?? axis), [], file: file, line: line)
  }

  /// The identity matrix of `size` rows.
  public static func identity(
    _ size: Int, dtype: DType = .float32, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    func places(_ axis: Int) -> Tensor { .iota([size, size], axis: axis, file: file, line: line) }
    return (places(0) .== places(1)).cast(to: dtype, file: file, line: line)
  }

  /// The same values in another element type: floats round to nearest, and truncate to integers; `bool` is "not 0".
  public func cast(to dtype: DType, file: String = #fileID, line: Int = #line) -> Tensor {
    dtype == self.dtype ? self : Tensor(Convert(dtype: dtype), [self], file: file, line: line)
  }

  /// The tensor in the type that its sums and running means should have: `float32` for half precision.
  public var upcast: Tensor { cast(to: dtype.accumulation) }
}

extension FixedWidthInteger {
  fileprivate init(clamped value: Double) {
    self = Self(exactly: value.rounded(.towardZero)) ?? (value.isNaN ? 0 : value < 0 ? .min : .max)
  }
}
