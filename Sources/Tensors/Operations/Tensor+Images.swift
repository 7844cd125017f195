/// Convolution, pooling and sampling of images `[batch, height, width, channels]`.
///
/// ```swift
/// let images = Tensor.ones([8, 28, 28, 1])
/// let features = images.conv2D(Tensor.ones([3, 3, 1, 16]), padding: .same)
/// print(features.shape, features.maxPool2D((2, 2)).shape)  // [8, 28, 28, 16] [8, 14, 14, 16]
/// ```
extension Tensor {
  /// Convolution with a kernel `[height, width, channels / groups, features]`. As usual in deep learning it is a
  /// cross-correlation: the kernel isn't flipped.
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
  ///   - strides: one per spatial axis, 1 by default.
  ///   - dilation: the distance between neighboring elements of the kernel, 1 by default.
  ///   - inputDilation: the distance between neighboring elements of the input, 1 by default. It makes a convolution the
  ///     transpose of a strided one.
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

  /// The transpose of a convolution: what ``conv2D(_:strides:padding:dilation:groups:file:line:)`` with the kernel's last
  /// axes exchanged does to the gradient of its images. It enlarges images by the strides.
  ///
  /// - Parameters:
  ///   - kernel: `[height, width, channels, features / groups]`; not flipped.
  ///   - padding: of the convolution that it transposes: `n` rows become `(n - 1)·strides + size` less the padding, and
  ///     `n·strides` for `.same`.
  public func transposedConv2D(
    _ kernel: Tensor, strides: (Int, Int) = (1, 1), padding: WindowPadding = .valid, groups: Int = 1,
    file: String = #fileID, line: Int = #line
  ) -> Tensor {
    guard rank == 4, kernel.rank == 4, [strides.0, strides.1].allSatisfy({ (1...1 << 30).contains($0) }) else {
      return .failed(
        "transposedConv2D",
        "needs images [batch, height, width, channels], a kernel [height, width, channels, features / groups] and "
          + "strides of 1 or more", [self, kernel], file: file, line: line)
    }
    let (steps, window) = ([strides.0, strides.1], Array(kernel.shape.prefix(2)))
    let edges: [(low: Int, high: Int)]
    let space: [Int]
    if case .same = padding {
      space = zip([shape[1], shape[2]], steps).map { $0 * $1 }
      edges = padding.edges(of: space, window: window, strides: steps, dilation: [1, 1])
    } else {
      edges = padding.edges(of: [shape[1], shape[2]], window: window, strides: steps, dilation: [1, 1])
      guard edges.count == 2, edges.allSatisfy({ $0.low.magnitude < 1 << 30 && $0.high.magnitude < 1 << 30 }) else {
        return .failed(
          "transposedConv2D", "needs edges below 2^30 for two spatial axes", [self], file: file, line: line)
      }
      space = (0..<2).map { Swift.max(0, shape[$0 + 1] - 1) * steps[$0] + window[$0] - edges[$0].low - edges[$0].high }
    }
    let forward = Convolution(
      strides: steps, low: edges.map(\.low), high: edges.map(\.high), inputDilation: [1, 1], kernelDilation: [1, 1],
      groups: groups)
    let exchanged = kernel.transpose([0, 1, 3, 2])
    return Tensor(
      ConvolutionInputGradient(convolution: forward, space: space), [self, exchanged], file: file, line: line)
  }

  /// The maximum of each window; its gradient goes to the first maximal element.
  ///
  /// A bias of channels and a relu that precede the pooling are applied after it, to fewer elements, with the same values;
  /// see `Rewrites`. Where they make elements equal by rounding, the gradient goes to the one that was greatest before.
  ///
  /// - Parameter strides: the window by default.
  public func maxPool2D(
    _ window: (Int, Int), strides: (Int, Int)? = nil, padding: WindowPadding = .valid, file: String = #fileID,
    line: Int = #line
  ) -> Tensor {
    guard rank == 4, dtype != .bool else { return notImages("maxPool2D", file, line) }
    let pool = WindowMaximum(geometry: geometry(window, strides ?? window, padding))
    return Rewrites.apply(pool, to: [self], file: file, line: line)[0]
  }

  /// The mean of each window, summed in `float32` where the elements are of half precision.
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
    let total = Tensor(sum, [upcast], file: file, line: line)
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

/// The padding around the input of a convolution or a pooling.
public enum WindowPadding: Sendable {
  /// None: windows stay inside.
  case valid
  /// As much as makes the output's extent the input's divided by the stride, rounded up. Where that is odd, the high edge
  /// gets one more (TensorFlow's rule).
  case same
  /// Explicit edges, for each spatial axis.
  case edges([(low: Int, high: Int)])

  /// `rows` above and below and `columns`, as many by default, to the left and to the right (PyTorch's `padding`).
  public static func symmetric(_ rows: Int, _ columns: Int? = nil) -> WindowPadding {
    .edges([(rows, rows), (columns ?? rows, columns ?? rows)])
  }

  /// The edges of spatial axes of these extents.
  func edges(of extents: [Int], window: [Int], strides: [Int], dilation: [Int]) -> [(low: Int, high: Int)] {
    switch self {
    case .edges(let edges): return edges
    case .valid: return extents.map { _ in (0, 0) }
    case .same:
      let entries = [window.count, strides.count, dilation.count].min() ?? 0
      return extents.indices.prefix(entries).map { axis in
        let numbers = [window[axis], strides[axis], dilation[axis]]
        // The shape rule reports impossible numbers.
        guard numbers.allSatisfy({ (1..<1 << 30).contains($0) }), extents[axis] > 0 else { return (0, 0) }
        let span = (window[axis] - 1) * dilation[axis] + 1
        let total = max(0, (extents[axis] - 1) / strides[axis] * strides[axis] + span - extents[axis])
        return (total / 2, total - total / 2)
      }
    }
  }
}

/// Images seen through affine maps.
extension Tensor {
  /// Images transformed by an affine map each, interpolated linearly between the centers of pixels, as
  /// `scipy.ndimage.affine_transform` of order 1 does with the middle of the image as the origin.
  ///
  /// Result `(y, x)` is the image at `(m0 y + m1 x + m2, m3 y + m4 x + m5)`.
  /// - Parameters:
  ///   - maps: floating-point numbers `[batch…, 6]`, in pixels; this tensor is `[batch…, height, width, channels]`.
  ///   - fill: how to continue the image outside.
  /// - Returns: floating-point numbers, `float32` for integers.
  public func sampled(
    through maps: Tensor, fill: FillMode = .nearest, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    Tensor(AffineSampling(fill: fill), [self, maps], file: file, line: line)
  }
}

/// How an image continues outside, in SciPy's and Keras' terms.
public enum FillMode: Sendable, Hashable {
  /// The nearest pixel of the edge: `aaaa|abcd|dddd`.
  case nearest
  /// The image mirrored at its edge: `dcba|abcd|dcba`.
  case reflect
  /// The image repeated, from the center of the first row or column to that of the last, as SciPy's `wrap`.
  case wrap
  /// A value in the images' units. It begins at the centers of the outermost pixels, as SciPy's `constant`.
  case constant(Double)
}
