/// What surrounds the input of a convolution or a pooling.
public enum WindowPadding: Sendable {
  /// Nothing: windows stay inside.
  case valid
  /// As much as it takes to get the input's extent divided by the stride, rounded up; where it is odd, the
  /// high edge gets one more (TensorFlow's rule).
  case same
  /// As many as given, for each spatial axis.
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
        // What can't be is left to the shape rule to report.
        guard numbers.allSatisfy({ (1..<1 << 30).contains($0) }), extents[axis] > 0 else { return (0, 0) }
        let span = (window[axis] - 1) * dilation[axis] + 1
        let total = max(0, (extents[axis] - 1) / strides[axis] * strides[axis] + span - extents[axis])
        return (total / 2, total - total / 2)
      }
    }
  }
}
