#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The discrete Fourier transform of a power of two of complex numbers, by Cooley and Tukey's method.
struct FourierTransform: Sendable {
  let size: Int
  /// `exp(-2πik/size)` for k below half the size.
  private let cosines: [Double]
  private let sines: [Double]
  private let reversed: [Int]

  /// - Parameter size: a power of two.
  init(size: Int) {
    precondition(size > 0 && size & (size - 1) == 0, "a power of two")
    self.size = size
    let angles = (0..<max(1, size / 2)).map { 2 * Double.pi * Double($0) / Double(size) }
    (cosines, sines) = (angles.map { cos($0) }, angles.map { -sin($0) })
    let bits = size.trailingZeroBitCount
    reversed = (0..<size).map { index in
      (0..<bits).reduce(0) { $0 | (index >> $1 & 1) << (bits - 1 - $1) }
    }
  }

  /// `Σ x_j·exp(-2πijk/size)`.
  func transform(_ values: ComplexNumbers) -> ComplexNumbers {
    var result = ComplexNumbers(
      real: reversed.map { values.real[$0] }, imaginary: reversed.map { values.imaginary[$0] })
    result.real.withUnsafeMutableBufferPointer { real in
      result.imaginary.withUnsafeMutableBufferPointer { imaginary in
        cosines.withUnsafeBufferPointer { cosines in
          sines.withUnsafeBufferPointer { sines in butterflies(real, imaginary, cosines, sines) }
        }
      }
    }
    return result
  }

  private func butterflies(
    _ real: UnsafeMutableBufferPointer<Double>, _ imaginary: UnsafeMutableBufferPointer<Double>,
    _ cosines: UnsafeBufferPointer<Double>, _ sines: UnsafeBufferPointer<Double>
  ) {
    var half = 1
    while half < size {
      let stride = size / (2 * half)
      for block in Swift.stride(from: 0, to: size, by: 2 * half) {
        for offset in 0..<half {
          let (low, high, root) = (block + offset, block + offset + half, offset * stride)
          let x = real[high] * cosines[root] - imaginary[high] * sines[root]
          let y = real[high] * sines[root] + imaginary[high] * cosines[root]
          (real[high], imaginary[high]) = (real[low] - x, imaginary[low] - y)
          real[low] += x
          imaginary[low] += y
        }
      }
      half *= 2
    }
  }

  func transform(_ values: [Double]) -> ComplexNumbers {
    transform(ComplexNumbers(real: values, imaginary: [Double](repeating: 0, count: values.count)))
  }

  /// The real parts of what ``transform(_:)-(ComplexNumbers)`` makes `values` of.
  func realInverse(_ values: ComplexNumbers) -> [Double] {
    // Exchanging the parts before and after turns the transform into the inverse.
    transform(ComplexNumbers(real: values.imaginary, imaginary: values.real)).imaginary.map { $0 / Double(size) }
  }
}

/// Complex numbers, part by part.
struct ComplexNumbers: Sendable, Hashable {
  var real: [Double]
  var imaginary: [Double]

  static func + (left: ComplexNumbers, right: ComplexNumbers) -> ComplexNumbers {
    ComplexNumbers(
      real: zip(left.real, right.real).map { $0 + $1 }, imaginary: zip(left.imaginary, right.imaginary).map { $0 + $1 })
  }

  /// Each number times a real one.
  static func * (factors: [Double], numbers: ComplexNumbers) -> ComplexNumbers {
    ComplexNumbers(
      real: zip(factors, numbers.real).map { $0 * $1 }, imaginary: zip(factors, numbers.imaginary).map { $0 * $1 })
  }

  static func * (factor: Double, numbers: ComplexNumbers) -> ComplexNumbers {
    ComplexNumbers(real: numbers.real.map { factor * $0 }, imaginary: numbers.imaginary.map { factor * $0 })
  }

  /// Each number times a real one and i.
  func timesI(_ factors: [Double]) -> ComplexNumbers {
    ComplexNumbers(
      real: zip(factors, imaginary).map { -$0 * $1 }, imaginary: zip(factors, real).map { $0 * $1 })
  }
}
