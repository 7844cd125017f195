/// Eigenvalues and eigenvectors of a symmetric matrix in double precision, on the host: the CPU plugin has no LAPACK.
///
/// Householder's tridiagonal form and the implicit QL algorithm, after EISPACK's `tred2` and `tql2` (Bowdler,
/// Martin, Reinsch and Wilkinson 1968).
struct SymmetricEigen {
  /// In no particular order.
  private(set) var values: [Double]
  /// Row i is the eigenvector of `values[i]`.
  private(set) var vectors: [Double]
  private let size: Int

  /// - Parameter matrix: `size·size` elements, row by row; the lower triangle is read.
  /// - Returns: nil if a number isn't finite, or the iteration doesn't end.
  init?(_ matrix: [Double], size: Int) {
    guard matrix.allSatisfy(\.isFinite) else { return nil }
    self.size = size
    values = [Double](repeating: 0, count: size)
    vectors = matrix
    var offDiagonal = [Double](repeating: 0, count: size)
    let isDone = vectors.withUnsafeMutableBufferPointer { vectors in
      values.withUnsafeMutableBufferPointer { values in
        offDiagonal.withUnsafeMutableBufferPointer { off in
          Self.reduce(vectors, values, off, size)
          return Self.iterate(vectors, values, off, size)
        }
      }
    }
    guard isDone else { return nil }
  }

  /// The tridiagonal form: its diagonal in `d`, below it `e[1...]`, and the transposed transformation in `z`.
  private static func reduce(
    _ z: UnsafeMutableBufferPointer<Double>, _ d: UnsafeMutableBufferPointer<Double>,
    _ e: UnsafeMutableBufferPointer<Double>, _ n: Int
  ) {
    for i in stride(from: n - 1, to: 0, by: -1) {
      var h = 0.0
      let scale = (0..<i).reduce(0) { $0 + abs(z[i * n + $1]) }
      if i == 1 || scale == 0 {
        e[i] = z[i * n + i - 1]
      } else {
        for k in 0..<i {
          z[i * n + k] /= scale
          h += z[i * n + k] * z[i * n + k]
        }
        let f = z[i * n + i - 1]
        let g = f >= 0 ? -h.squareRoot() : h.squareRoot()
        e[i] = scale * g
        h -= f * g
        z[i * n + i - 1] = f - g
        // The product of the matrix with the vector, row by row: the lower triangle stands for both.
        for j in 0..<i { e[j] = 0 }
        for j in 0..<i {
          let own = z[i * n + j]
          var sum = z[j * n + j] * own
          for k in 0..<j {
            sum += z[j * n + k] * z[i * n + k]
            e[k] += z[j * n + k] * own
          }
          e[j] += sum
        }
        var dot = 0.0
        for j in 0..<i {
          e[j] /= h
          dot += e[j] * z[i * n + j]
        }
        let half = dot / (h + h)
        for j in 0..<i { e[j] -= half * z[i * n + j] }
        for j in 0..<i {
          let (f, g) = (z[i * n + j], e[j])
          for k in 0...j { z[j * n + k] -= f * e[k] + g * z[i * n + k] }
        }
      }
      d[i] = h
    }
    accumulate(z, d, e, n)
  }

  /// The product of the reflections. Afterwards column i of the transformation is row i of `z`.
  private static func accumulate(
    _ z: UnsafeMutableBufferPointer<Double>, _ d: UnsafeMutableBufferPointer<Double>,
    _ e: UnsafeMutableBufferPointer<Double>, _ n: Int
  ) {
    d[0] = 0
    e[0] = 0
    var sums = [Double](repeating: 0, count: n)
    for i in 0..<n {
      if d[i] != 0 {
        for j in 0..<i { sums[j] = 0 }
        for k in 0..<i {
          let factor = z[i * n + k]
          for j in 0..<i { sums[j] += factor * z[k * n + j] }
        }
        for k in 0..<i {
          let factor = z[i * n + k] / d[i]
          for j in 0..<i { z[k * n + j] -= factor * sums[j] }
        }
      }
      d[i] = z[i * n + i]
      z[i * n + i] = 1
      for k in 0..<i {
        z[k * n + i] = 0
        z[i * n + k] = 0
      }
    }
    for i in 0..<n {
      for k in 0..<i { (z[i * n + k], z[k * n + i]) = (z[k * n + i], z[i * n + k]) }
    }
  }

  /// The implicit QL algorithm.
  private static func iterate(
    _ z: UnsafeMutableBufferPointer<Double>, _ d: UnsafeMutableBufferPointer<Double>,
    _ e: UnsafeMutableBufferPointer<Double>, _ n: Int
  ) -> Bool {
    for i in 1..<max(1, n) { e[i - 1] = e[i] }
    if n > 0 { e[n - 1] = 0 }
    for l in 0..<n {
      var iterations = 0
      while true {
        var m = l
        while m < n - 1, abs(e[m]) > 0x1p-53 * (abs(d[m]) + abs(d[m + 1])) { m += 1 }
        if m == l { break }
        iterations += 1
        guard iterations <= 60 else { return false }
        var g = (d[l + 1] - d[l]) / (2 * e[l])
        var r = (g * g + 1).squareRoot()
        g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r))
        var (s, c, p) = (1.0, 1.0, 0.0)
        var i = m - 1
        var isSplit = false
        while i >= l {
          let f = s * e[i], b = c * e[i]
          r = (f * f + g * g).squareRoot()
          e[i + 1] = r
          if r == 0 {
            d[i + 1] -= p
            e[m] = 0
            isSplit = true
            break
          }
          s = f / r
          c = g / r
          g = d[i + 1] - p
          r = (d[i] - g) * s + 2 * c * b
          p = s * r
          d[i + 1] = g + p
          g = c * r - b
          for k in 0..<n {
            let upper = z[(i + 1) * n + k], lower = z[i * n + k]
            z[(i + 1) * n + k] = s * lower + c * upper
            z[i * n + k] = c * lower - s * upper
          }
          i -= 1
        }
        if isSplit { continue }
        d[l] -= p
        e[l] = g
        e[m] = 0
      }
    }
    return true
  }
}
