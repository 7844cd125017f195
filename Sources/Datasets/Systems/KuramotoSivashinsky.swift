#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The equation of Kuramoto and Sivashinsky on a circle, `u_t = -u·u_x - u_xx - u_xxxx`, by exponential time
/// differencing of fourth order (ETDRK4; Cox and Matthews 2002, Kassam and Trefethen 2005) in Fourier space.
///
/// Its attractor's dimension grows with the circle's length: at 22 there are two positive Lyapunov exponents, at 200
/// some twenty.
public struct KuramotoSivashinsky: DynamicalSystem {
  /// The circle's length.
  public let length: Double
  /// Points on the circle, a power of two.
  public let points: Int
  public let step: Double
  private let scheme: Scheme

  /// - Parameter points: rounded up to a power of two, at least 8.
  public init(length: Double = 22, points: Int = 64, step: Double = 0.25) {
    (self.length, self.step) = (length, step)
    self.points = (3...20).lazy.map { 1 << $0 }.first { $0 >= points } ?? 1 << 20
    scheme = Scheme(length: length, points: self.points, step: step)
  }

  /// `cos(2πx/L)·(1 + sin(2πx/L))`, as Kassam and Trefethen have it.
  public var start: [Double] {
    (1...points).map { point in
      let angle = 2 * Double.pi * Double(point) / Double(points)
      return cos(angle) * (1 + sin(angle))
    }
  }

  public func advance(_ state: inout [Double], tangents: inout [[Double]]) {
    var stages: [[Double]] = []
    let keepsStages = !tangents.isEmpty
    state = scheme.step(state) { _, field in
      if keepsStages { stages.append(field) }
      return field.map { $0 * $0 }
    }
    for index in tangents.indices {
      tangents[index] = scheme.step(tangents[index]) { stage, field in
        zip(stages[stage], field).map { 2 * $0 * $1 }
      }
    }
  }

  public static func == (one: KuramotoSivashinsky, other: KuramotoSivashinsky) -> Bool {
    (one.length, one.points, one.step) == (other.length, other.points, other.step)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(length)
    hasher.combine(points)
    hasher.combine(step)
  }
}

/// The coefficients of ETDRK4 for each wave number.
private struct Scheme: Sendable {
  let transform: FourierTransform
  /// `exp(hL)` and `exp(hL/2)` of the linear part L = k² - k⁴.
  let whole: [Double]
  let half: [Double]
  let q: [Double]
  let f1: [Double]
  let f2: [Double]
  let f3: [Double]
  /// -k/2, times which and i a square's transform is the nonlinear part.
  let nonlinear: [Double]

  init(length: Double, points: Int, step: Double) {
    transform = FourierTransform(size: points)
    let waves = (0..<points).map { index in
      // The highest wave has no sign, and no first derivative.
      index == points / 2 ? 0 : 2 * Double.pi / length * Double(index < points / 2 ? index : index - points)
    }
    let highest = 2 * Double.pi / length * Double(points / 2)
    let linear = waves.enumerated().map { index, wave in
      let square = index == points / 2 ? highest * highest : wave * wave
      return square - square * square
    }
    whole = linear.map { exp(step * $0) }
    half = linear.map { exp(step * $0 / 2) }
    nonlinear = waves.map { -0.5 * $0 }
    // Near 0 the formulas cancel. Their mean over a circle around hL is their value there (Kassam and Trefethen 2005).
    let roots = (1...32).map { Double.pi * (Double($0) - 0.5) / 32 }.map { (cos($0), sin($0)) }
    func mean(_ formula: (Complex) -> Complex) -> [Double] {
      linear.map { value in
        step * roots.reduce(0) { $0 + formula(Complex(step * value + $1.0, $1.1)).real } / Double(roots.count)
      }
    }
    q = mean { z in ((0.5 * z).exponential - Complex(1, 0)) / z }
    f1 = mean { z in
      let bracket = Complex(4, 0) - 3 * z + z * z
      return (z.exponential * bracket - Complex(4, 0) - z) / (z * z * z)
    }
    f2 = mean { z in
      let bracket = z - Complex(2, 0)
      return (z.exponential * bracket + Complex(2, 0) + z) / (z * z * z)
    }
    f3 = mean { z in
      let bracket = Complex(4, 0) - z
      return (z.exponential * bracket - Complex(4, 0) - 3 * z - z * z) / (z * z * z)
    }
  }

  /// A field one step on.
  /// - Parameter square: at each of four stages, what a field's nonlinear part is the derivative of.
  func step(_ field: [Double], _ square: (_ stage: Int, _ field: [Double]) -> [Double]) -> [Double] {
    let v = transform.transform(field)
    func slope(_ stage: Int, _ waves: ComplexNumbers) -> ComplexNumbers {
      transform.transform(square(stage, transform.realInverse(waves))).timesI(nonlinear)
    }
    let n0 = slope(0, v)
    let a = half * v + q * n0
    let n1 = slope(1, a)
    let b = half * v + q * n1
    let n2 = slope(2, b)
    let c = half * a + q * (2 * n2 + -1 * n0)
    let n3 = slope(3, c)
    let sum = whole * v + f1 * n0
    return transform.realInverse(sum + f2 * (2 * (n1 + n2)) + f3 * n3)
  }
}

private struct Complex {
  var real: Double
  var imaginary: Double

  init(_ real: Double, _ imaginary: Double) { (self.real, self.imaginary) = (real, imaginary) }

  var exponential: Complex { Complex(exp(real) * cos(imaginary), exp(real) * sin(imaginary)) }

  static func + (a: Complex, b: Complex) -> Complex { Complex(a.real + b.real, a.imaginary + b.imaginary) }
  static func - (a: Complex, b: Complex) -> Complex { Complex(a.real - b.real, a.imaginary - b.imaginary) }
  static func * (a: Double, b: Complex) -> Complex { Complex(a * b.real, a * b.imaginary) }

  static func * (a: Complex, b: Complex) -> Complex {
    Complex(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
  }

  static func / (a: Complex, b: Complex) -> Complex {
    let square = b.real * b.real + b.imaginary * b.imaginary
    let product = a * Complex(b.real, -b.imaginary)
    return Complex(product.real / square, product.imaginary / square)
  }
}
