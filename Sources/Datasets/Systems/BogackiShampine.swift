#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a flow's series is computed.
public enum Integrator: String, Sendable, CaseIterable {
  /// The classical Runge-Kutta method of fourth order, in equal steps.
  case rungeKutta
  /// Bogacki and Shampine's pair of second and third order, in steps that follow a relative tolerance of 1e-3 and an
  /// absolute one of 1e-6, with values interpolated between them: SciPy's `RK23` as it is by default, by which many
  /// published series were made. It leaves errors of about a thousandth.
  case bogackiShampine
}

extension Flow {
  /// `count` states, `interval` apart, by ``Integrator/bogackiShampine``.
  /// - Parameters: as ``series(_:every:skipped:from:)`` has them.
  func bogackiShampineSeries(_ count: Int, interval: Double, skipped: Int, from start: [Double]) -> [Double] {
    let (relative, absolute) = (1e-3, 1e-6)
    func norm(_ values: [Double], _ scale: [Double]) -> Double {
      (zip(values, scale).reduce(0) { $0 + ($1.0 / $1.1) * ($1.0 / $1.1) } / Double(values.count)).squareRoot()
    }
    func moved(_ state: [Double], _ step: Double, _ terms: [(Double, [Double])]) -> [Double] {
      state.indices.map { index in state[index] + step * terms.reduce(0) { $0 + $1.0 * $1.1[index] } }
    }
    var (time, state, slope) = (0.0, start, self.slope(at: start))
    // The first step's size, as Hairer, Nørsett and Wanner (1993) guess it.
    let scale = state.map { absolute + abs($0) * relative }
    let (d0, d1) = (norm(state, scale), norm(slope, scale))
    let guess = d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * d0 / d1
    let ahead = self.slope(at: moved(state, guess, [(1, slope)]))
    let d2 = norm(zip(ahead, slope).map { $0 - $1 }, scale) / guess
    let second = max(d1, d2) <= 1e-15 ? max(1e-6, guess * 1e-3) : pow(0.01 / max(d1, d2), 1.0 / 3)
    var size = min(100 * guess, second)
    var (values, next) = ([Double](), 0)
    func emit(_ value: [Double]) {
      if next >= skipped { values += value }
      next += 1
    }
    emit(state)
    while next < count + skipped {
      var isRejected = false
      while true {
        let k2 = self.slope(at: moved(state, size, [(0.5, slope)]))
        let k3 = self.slope(at: moved(state, size, [(0.75, k2)]))
        let end = moved(state, size, [(2.0 / 9, slope), (1.0 / 3, k2), (4.0 / 9, k3)])
        let k4 = self.slope(at: end)
        let difference = moved(
          state.map { _ in 0 }, size, [(5.0 / 72, slope), (-1.0 / 12, k2), (-1.0 / 9, k3), (1.0 / 8, k4)])
        let error = norm(difference, zip(state, end).map { absolute + max(abs($0), abs($1)) * relative })
        let factor = error == 0 ? 10 : 0.9 * pow(error, -1.0 / 3)
        guard error < 1 || !error.isFinite else {
          size *= max(0.2, factor)
          isRejected = true
          continue
        }
        // Values on the cubic polynomial through both ends with their slopes.
        while next < count + skipped, Double(next) * interval <= time + size {
          let x = (Double(next) * interval - time) / size
          let weights = [
            x - 4.0 / 3 * x * x + 5.0 / 9 * x * x * x, x * x - 2.0 / 3 * x * x * x,
            4.0 / 3 * x * x - 8.0 / 9 * x * x * x, x * x * x - x * x,
          ]
          emit(moved(state, size, Array(zip(weights, [slope, k2, k3, k4]))))
        }
        time += size
        (state, slope) = (end, k4)
        // What isn't finite any more doesn't end by smaller steps.
        size *= error.isFinite ? min(isRejected ? 1 : 10, factor) : 1
        break
      }
    }
    return values
  }
}
