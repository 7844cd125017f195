import Foundation
import TestSupport
import Testing

@testable import Datasets

/// Dynamical systems against reservoirpy's, and by what doesn't change along their trajectories.
@Suite(.tags(.unit)) struct SystemTests {
  /// A system with steps so small, and so many of them per value, that its error over twenty values is far below the
  /// tolerance.
  private static let exact: [(name: String, system: any DynamicalSystem, every: Int)] = {
    var (lorenz, rossler, scroll, chen) = (Lorenz(), Rossler(), DoubleScroll(), MultiScroll())
    var (fabrikant, atmosphere) = (RabinovichFabrikant(), Lorenz96())
    (lorenz.step, rossler.step, scroll.step, chen.step) = (0.0005, 0.002, 0.0025, 0.0002)
    (fabrikant.step, atmosphere.step, atmosphere.sites) = (0.001, 0.0005, 8)
    return [
      ("lorenz", lorenz, 100), ("rossler", rossler, 100), ("doubleScroll", scroll, 100), ("multiScroll", chen, 100),
      ("rabinovichFabrikant", fabrikant, 100), ("lorenz96", atmosphere, 100), ("henon", Henon(), 1),
      ("logistic", LogisticMap(), 1),
      ("kuramotoSivashinsky", KuramotoSivashinsky(length: 32 * Double.pi, points: 64, step: 0.25), 1),
    ]
  }()

  @Test func seriesAreReservoirpys() throws {
    let fixture: [String: [Double]] = try Bundle.module.decodeFixture("systems")
    for (name, system, every) in Self.exact {
      let expected = try #require(fixture[name])
      let count = expected.count / system.dimension
      #expect(distance(system.series(count, every: every, skipped: 0), expected) < 1e-6, "\(name)")
    }
  }

  /// SciPy's RK23 to rounding, which chaos enlarges.
  @Test func publishedSeriesAreSciPys() throws {
    let fixture: [String: [Double]] = try Bundle.module.decodeFixture("systems")
    let lorenz = Lorenz().bogackiShampineSeries(50, interval: 0.025, skipped: 0, from: Lorenz().start)
    let published = try #require(fixture["lorenzRK23"])
    #expect(distance(lorenz, published) < 1e-9)
    let scroll = DoubleScroll().bogackiShampineSeries(40, interval: 0.25, skipped: 10, from: DoubleScroll().start)
    #expect(distance(scroll, Array(try #require(fixture["doubleScrollRK23"]).dropFirst(30))) < 1e-9)
  }

  /// Tangent vectors move by the derivative of a step, which finite differences approximate.
  @Test func tangentsAreDerivatives() {
    for (name, system, _) in Self.exact {
      var state = system.start(seed: 7)
      system.advance(&state, steps: 50)
      let direction = state.indices.map { sin(3 * Double($0) + 1) }
      var (moved, tangents) = (state, [direction])
      system.advance(&moved, tangents: &tangents)
      let size = 1e-6
      var (ahead, behind) = (state, state)
      for index in state.indices {
        ahead[index] += size * direction[index]
        behind[index] -= size * direction[index]
      }
      system.advance(&ahead)
      system.advance(&behind)
      let differences = zip(ahead, behind).map { ($0 - $1) / (2 * size) }
      #expect(distance(tangents[0], differences) < 1e-6, "\(name)")
      var alone = state
      system.advance(&alone)
      #expect(moved == alone, "\(name)")
    }
  }

  /// Exponents as published: Lorenz 0.9056, 0 and -14.572, Rössler 0.0714, 0 and -5.394, Hénon 0.419 (Sprott 2003); the
  /// circuit's is that of a program in C. Their sums are the mean divergence, which is constant for most.
  @Test func lyapunovExponentsAreKnown() {
    let lorenz = LyapunovSpectrum(Lorenz().lyapunovExponents(3, steps: 20_000))
    #expect(distance(lorenz.exponents, [0.9056, 0, -14.572]) < 0.05)
    #expect(abs(lorenz.exponents.reduce(0, +) + 41.0 / 3) < 0.01)
    #expect(abs(lorenz.dimension - 2.062) < 0.01 && abs(lorenz.lyapunovTime - 1.104) < 0.06)
    var rossler = Rossler()
    rossler.step = 0.05
    let slow = rossler.lyapunovExponents(3, steps: 20_000)
    #expect(distance(Array(slow.prefix(2)), [0.0714, 0]) < 0.02 && abs(slow[2] + 5.394) < 0.2)
    let henon = Henon().lyapunovExponents(2, steps: 20_000, every: 1)
    #expect(abs(henon[0] - 0.419) < 0.01 && abs(henon[0] + henon[1] - log(0.3)) < 1e-9)
    var logistic = LogisticMap()
    (logistic.r, logistic.start) = (4, [0.3])
    #expect(abs(logistic.lyapunovExponents(1, steps: 20_000, every: 1)[0] - log(2)) < 0.01)
    let chen = MultiScroll().lyapunovExponents(3, steps: 10_000)
    #expect(chen[0] > 0.5 && abs(chen.reduce(0, +) + 15) < 1e-3)
    let scroll = DoubleScroll().lyapunovExponents(1, steps: 40_000, every: 20)
    #expect(abs(scroll[0] - 0.092) < 0.03)
    var atmosphere = Lorenz96()
    (atmosphere.sites, atmosphere.step) = (8, 0.02)
    let spectrum = atmosphere.lyapunovExponents(8, steps: 5_000)
    #expect(abs(spectrum.reduce(0, +) + 8) < 1e-3 && spectrum[0] > 1)
  }

  /// Means of the attractors, and what symmetries ask for.
  @Test func statisticsAreKnown() {
    let lorenz = Lorenz().series(20_000)
    func mean(_ values: [Double], _ channel: Int, _ channels: Int, _ of: (Double) -> Double = { $0 }) -> Double {
      let own = stride(from: channel, to: values.count, by: channels).map { of(values[$0]) }
      return own.reduce(0, +) / Double(own.count)
    }
    // x and y change their signs together; z' = xy - βz is 0 in the mean, as is (x²)'/2 = σ(xy - x²).
    #expect(abs(mean(lorenz, 2, 3) - 23.55) < 0.3)
    #expect(abs(mean(lorenz, 0, 3)) < 1.5)
    let products = stride(from: 0, to: lorenz.count, by: 3).map { lorenz[$0] * lorenz[$0 + 1] }
    let product = products.reduce(0, +) / Double(products.count)
    #expect(abs(product - 8 / 3.0 * mean(lorenz, 2, 3)) < 0.2)
    #expect(abs(product - mean(lorenz, 0, 3) { $0 * $0 }) < 0.5)
    // Of Lorenz' atmosphere the mean energy is F/2 times the mean.
    var atmosphere = Lorenz96()
    (atmosphere.sites, atmosphere.step) = (8, 0.02)
    let sites = atmosphere.series(10_000)
    let (first, second) = (
      sites.reduce(0, +) / Double(sites.count), sites.reduce(0) { $0 + $1 * $1 } / Double(sites.count)
    )
    #expect(abs(second / first - 8) < 0.1)
  }

  /// The field's mean stays, and its energy changes by what the equation says: `(u²/2)' = u_x² - u_xx²` in the mean.
  @Test func kuramotoSivashinskyKeepsItsBalance() {
    let waves = KuramotoSivashinsky(length: 22, points: 32, step: 0.25)
    let fields = waves.series(500, every: 4, skipped: 60)
    let means = stride(from: 0, to: fields.count, by: 32).map { fields[$0..<$0 + 32].reduce(0, +) / 32 }
    #expect(means.allSatisfy { abs($0 - means[0]) < 1e-9 })
    let transform = FourierTransform(size: 32)
    var (gained, lost) = (0.0, 0.0)
    for first in stride(from: 0, to: fields.count, by: 32) {
      let modes = transform.transform(Array(fields[first..<first + 32]))
      for index in 0..<32 {
        let wave = 2 * Double.pi / 22 * Double(index <= 16 ? index : index - 32)
        let power = modes.real[index] * modes.real[index] + modes.imaginary[index] * modes.imaginary[index]
        gained += wave * wave * power
        lost += wave * wave * wave * wave * power
      }
    }
    #expect(abs(gained / lost - 1) < 0.03)
    // The greatest is about 0.043 (Edson et al. 2019); few steps measure it roughly.
    let exponent = waves.lyapunovExponents(1, steps: 1600, every: 4, skipped: 400)[0]
    #expect((0.02..<0.08).contains(exponent), "\(exponent)")
  }

  @Test func transformsAreSums() {
    let transform = FourierTransform(size: 8)
    let values = ComplexNumbers(real: [1, 2, 3, 4, 0, -1, 5, 2], imaginary: [0, 1, 0, -1, 2, 2, 0, 1])
    let result = transform.transform(values)
    for k in 0..<8 {
      let sum = (0..<8).reduce(into: (0.0, 0.0)) { sum, j in
        let angle = -2 * Double.pi * Double(j * k) / 8
        sum.0 += values.real[j] * cos(angle) - values.imaginary[j] * sin(angle)
        sum.1 += values.real[j] * sin(angle) + values.imaginary[j] * cos(angle)
      }
      #expect(abs(result.real[k] - sum.0) < 1e-12 && abs(result.imaginary[k] - sum.1) < 1e-12)
    }
    #expect(distance(transform.realInverse(result), values.real) < 1e-12)
  }

  /// The power spectrum of a wave has its power at its frequency; the powers are the variance in all.
  @Test func powerSpectraFindWaves() {
    let wave = (0..<4096).map { 3 * sin(2 * Double.pi * Double($0) / 16) }
    let spectrum = PowerSpectrum(of: wave, segment: 256, step: 0.5)
    #expect(spectrum.frequencies.count == 129 && spectrum.frequencies[1] == 1 / 128.0)
    let peak = spectrum.densities.indices.max { spectrum.densities[$0] < spectrum.densities[$1] } ?? 0
    #expect(spectrum.frequencies[peak] == 1 / 8.0)
    #expect(abs(spectrum.densities.reduce(0, +) * spectrum.frequencies[1] - 4.5) < 1e-6)
  }

  @Test func seedsBeginElsewhere() throws {
    for (name, system, _) in Self.exact {
      #expect(system.start(seed: 0) == system.start && system.start(seed: 1) != system.start(seed: 2), "\(name)")
    }
    let folders = DataFolders(searched: [], cache: "/nonexistent", allowsDownload: false)
    var (source, other) = (LorenzSource(), LorenzSource())
    (source.sampling.train, source.sampling.test) = (50, 10)
    other.sampling = source.sampling
    other.sampling.seed = 1
    let pairs = try [source, other].map { try $0.load(from: folders, progress: nil) }
    #expect(pairs[0].train.inputs != pairs[1].train.inputs)
  }

  @Test func systemsThatGrowWithoutBoundAreErrors() throws {
    var source = HenonSource()
    source.system.a = 1.6
    let folders = DataFolders(searched: [], cache: "/nonexistent", allowsDownload: false)
    let error = #expect(throws: DatasetError.self) { try source.load(from: folders, progress: nil) }
    #expect("\(try #require(error))".contains("finite"))
  }
}
