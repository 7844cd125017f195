/// Convolution and pooling of images `[batch, height, width, channels]`.
extension Tensor {
  /// Cross-correlation with a kernel `[height, width, channels / groups, features]`, as deep learning's
  /// convolution is: the kernel isn't turned round.
  public func conv2D(
    _ kernel: Tensor, strides: (Int, Int) = (1, 1), padding: WindowPadding = .valid, dilation: (Int, Int) = (1, 1),
    groups: Int = 1, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    guard rank == 4, kernel.rank == 4 else {
      return .failed(
        "conv2D", "needs images [batch, height, width, channels] and a kernel [height, width, channels, features]",
        [self, kernel], file: file, line: line)
    }
    return convolution(
      kernel, strides: [strides.0, strides.1], padding: padding, dilation: [dilation.0, dilation.1], groups: groups,
      file: file, line: line)
  }

  /// ``conv2D(_:strides:padding:dilation:groups:file:line:)`` for any number of spatial axes: the input is
  /// `[batch, space…, channels]`, the kernel `[space…, channels / groups, features]`.
  ///
  /// - Parameters:
  ///   - strides: an entry a spatial axis, 1 by default.
  ///   - dilation: the distance of neighbouring elements of the kernel, 1 by default.
  ///   - inputDilation: the distance of neighbouring elements of the input, 1 by default; with it a convolution
  ///     is the transpose of a strided one.
  public func convolution(
    _ kernel: Tensor, strides: [Int]? = nil, padding: WindowPadding = .valid, dilation: [Int]? = nil,
    inputDilation: [Int]? = nil, groups: Int = 1, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let space = Array(shape.dropFirst().dropLast())
    let ones = space.map { _ in 1 }
    let (strides, dilation) = (strides ?? ones, dilation ?? ones)
    let edges = padding.edges(of: space, window: Array(kernel.shape.dropLast(2)), strides: strides, dilation: dilation)
    let primitive = Convolution(
      strides: strides, low: edges.map(\.low), high: edges.map(\.high), inputDilation: inputDilation ?? ones,
      kernelDilation: dilation, groups: groups)
    return Tensor(primitive, [self, kernel], file: file, line: line)
  }

  /// The greatest element of each window; its gradient goes to the first that is greatest.
  ///
  /// A bias of channels and a relu before are done after, on fewer elements, with the same values. Where rounding in
  /// them makes elements equal, the gradient goes to the one that was greatest before.
  ///
  /// - Parameter strides: the window by default.
  public func maxPool2D(
    _ window: (Int, Int), strides: (Int, Int)? = nil, padding: WindowPadding = .valid, file: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    guard rank == 4, dtype != .bool else { return notImages("maxPool2D", file, line) }
    return WindowMaximum.pooled(self, geometry(window, strides ?? window, padding), file: file, line: line)
  }

  /// The mean of each window, added up in `float32` where the elements are of half precision.
  ///
  /// - Parameters:
  ///   - strides: the window by default.
  ///   - countsPadding: whether padding counts as zeros (PyTorch's default) or not at all (Keras).
  public func averagePool2D(
    _ window: (Int, Int), strides: (Int, Int)? = nil, padding: WindowPadding = .valid, countsPadding: Bool = false,
    file: String = #fileID, line: Int = #line
  ) -> Tensor {
    guard rank == 4, dtype.isFloatingPoint else { return notImages("averagePool2D", file, line) }
    let geometry = geometry(window, strides ?? window, padding)
    let sum = WindowSum(geometry: geometry)
    let total = Tensor(sum, [widened], file: file, line: line)
    let isPadded = !geometry.low.allSatisfy { $0 == 0 } || !geometry.high.allSatisfy { $0 == 0 }
    guard isPadded, !countsPadding else { return (total / (Double(window.0) * Double(window.1))).cast(to: dtype) }
    let plane = shape.replacing(axis: 0, with: 1).replacing(axis: 3, with: 1)
    return (total / Tensor(sum, [Tensor(1, dtype: total.dtype).broadcast(to: plane)])).cast(to: dtype)
  }

  private func geometry(_ window: (Int, Int), _ strides: (Int, Int), _ padding: WindowPadding) -> WindowGeometry {
    let (window, strides) = ([window.0, window.1], [strides.0, strides.1])
    let edges = padding.edges(of: [shape[1], shape[2]], window: window, strides: strides, dilation: [1, 1])
    return WindowGeometry(
      window: [1] + window + [1], strides: [1] + strides + [1], low: [0] + edges.map(\.low) + [0],
      high: [0] + edges.map(\.high) + [0])
  }

  private func notImages(_ operation: String, _ file: String, _ line: Int) -> Tensor {
    .failed(operation, "needs images [batch, height, width, channels] of numbers", [self], file: file, line: line)
  }
}
