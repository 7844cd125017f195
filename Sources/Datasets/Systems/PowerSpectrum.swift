#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a series' variance is spread over frequencies, by Welch's method (1967): the mean of squared Fourier transforms
/// of stretches that overlap by half, each without its mean and under Hann's window.
public struct PowerSpectrum: Sendable, Hashable {
  /// From 0 to half a cycle per step, per unit of time.
  public let frequencies: [Double]
  /// The variance per unit of frequency at each of them.
  public let densities: [Double]

  /// - Parameters:
  ///   - series: values that are `step` apart.
  ///   - segment: the length of a stretch, rounded down to a power of two; the series' own length if that is shorter.
  public init(of series: [Double], segment: Int = 1024, step: Double = 1) {
    let limit = max(2, min(segment, series.count))
    let size = 1 << (Int.bitWidth - 1 - limit.leadingZeroBitCount)
    let transform = FourierTransform(size: size)
    let window = (0..<size).map { 0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(size)) }
    let energy = window.reduce(0) { $0 + $1 * $1 }
    var (sums, count) = ([Double](repeating: 0, count: size / 2 + 1), 0)
    for first in stride(from: 0, through: series.count - size, by: max(1, size / 2)) {
      let stretch = series[first..<first + size]
      let mean = stretch.reduce(0, +) / Double(size)
      let waves = transform.transform(zip(stretch, window).map { ($0 - mean) * $1 })
      for index in sums.indices {
        // Frequencies above half a cycle are the same again.
        let share = index == 0 || index == size / 2 ? 1.0 : 2
        sums[index] += share * (waves.real[index] * waves.real[index] + waves.imaginary[index] * waves.imaginary[index])
      }
      count += 1
    }
    frequencies = sums.indices.map { Double($0) / (Double(size) * step) }
    densities = sums.map { $0 * step / (energy * Double(max(1, count))) }
  }
}
