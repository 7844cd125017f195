import Configuration
import PJRT
import Tensors
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

@Suite("Data sets made of others", .tags(.engine))
struct DerivedSourceTests {
  private func load(_ text: String) throws -> DatasetPair {
    let nowhere = DataFolders(searched: [], cache: "/nowhere", allowsDownload: false)
    return try Registry<any DataSource>.all.build(MethodSpec(parsing: text)).load(from: nowhere, progress: nil)
  }

  private static let images = "syntheticImages(train: 200, test: 50)"

  @Test func everySourceHasANameOfItsOwn() {
    let names = Registry<any DataSource>.all.names
    #expect(
      Set(names).isSuperset(of: [
        "cifar10", "cifar100", "syntheticImages", "noisyLabels", "heldOut", "subset", "reconstruction", "sequences",
      ]))
  }

  @Test func noiseStrikesTrainingLabelsOnly() throws {
    let (clean, noisy) = (try load(Self.images), try load("noisyLabels(data: \(Self.images), fraction: 0.4)"))
    #expect(noisy.test == clean.test)
    #expect(noisy.train.inputs == clean.train.inputs)
    #expect(zip(try clean.train.labels(), try noisy.train.labels()).count { $0 != $1 } == 80)
    #expect(noisy.origin == clean.origin + "; 80 of 200 training labels corrupted")
    #expect(noisy.classNames == clean.classNames)
    #expect(try load("noisyLabels(data: \(Self.images), fraction: 0.4, seed: 1)").train != noisy.train)
    let any = try load("noisyLabels(data: \(Self.images), fraction: 1, kind: anyClass)")
    #expect(zip(try clean.train.labels(), try any.train.labels()).contains { $0 == $1 })
  }

  @Test func heldOutDataAreOfTheTrainingSet() throws {
    let (whole, split) = (try load(Self.images), try load("heldOut(data: \(Self.images), fraction: 0.25, seed: 3)"))
    #expect((split.train.count, split.test.count) == (150, 50))
    #expect(split.test != whole.test)
    let parts = try whole.train.split(validationFraction: 0.25, seed: 3)
    #expect(split.train == parts.training && split.test == parts.validation)
    #expect(throws: DatasetError.self) { try load("heldOut(data: \(Self.images), fraction: 0)") }
  }

  /// Steps stay in their order: the end of the training data is held out, whatever the seed.
  @Test(arguments: [
    "sine(train: 20, test: 10)", "lorenz(train: 20, test: 10)", "narma(train: 20, test: 10)",
    "henon(train: 20, test: 10)",
    "subset(data: sine(train: 30, test: 10), train: 20, test: 10)",
  ]) func theEndOfASeriesIsHeldOut(_ series: String) throws {
    let whole = try load(series)
    for seed in [0, 3] {
      let split = try load("heldOut(data: \(series), fraction: 0.25, seed: \(seed))")
      let (inputs, targets) = (whole.train.inputs, whole.train.targets)
      #expect((split.train.count, split.test.count) == (15, 5) && split.origin.contains("5 training steps at the end"))
      #expect(split.train.inputs.bytes + split.test.inputs.bytes == inputs.bytes)
      #expect(split.train.targets.bytes + split.test.targets.bytes == targets.bytes)
    }
    #expect(throws: DatasetError.self) { try load("heldOut(data: \(series), fraction: 0.001)") }
  }

  /// Every source of the series' folders says that it is one, but for collections of them.
  @Test func seriesAreKnown() throws {
    let series = Registry<any DataSource>.all.types.filter {
      ($0.declaredStandard as? any DataSource)?.isSeries == true
    }
    #expect(
      Set(series.map { $0.name }).isSuperset(of: [
        "sine", "sines", "narma", "mackeyGlass", "delays", "channel", "laser", "sunspots", "lorenz", "rossler", "henon",
        "logistic", "doubleScroll", "multiScroll", "rabinovichFabrikant", "lorenz96", "kuramotoSivashinsky",
      ]))
    #expect(!series.contains { ["digits", "syntheticImages", "vowels", "table"].contains($0.name) })
  }

  /// Bytes become 0...1, and numbers stay as they are.
  @Test func reconstructionsHaveTheirInputsAsTargets() throws {
    let (whole, pair) = (try load(Self.images), try load("reconstruction(data: \(Self.images))"))
    #expect(pair.train.inputs == whole.train.inputs && pair.train.classCount == nil && pair.classNames.isEmpty)
    #expect(pair.test.targets.shape == [50, 32 * 32 * 3])
    let bytes = try whole.test.inputs.values(as: UInt8.self)
    let targets = try pair.test.targets.values(as: Float.self)
    #expect(zip(bytes, targets).allSatisfy { Float($0) / 255 == $1 })
    let series = "sine(train: 20, test: 10)"
    let (waves, own) = (try load(series), try load("reconstruction(data: \(series))"))
    #expect(
      own.train.targets.dtype == .float32
        && own.train.targets.shape == [20, waves.train.inputs.shape.dropFirst().reduce(1, *)])
    let split = try load("heldOut(data: reconstruction(data: \(Self.images)), fraction: 0.25, seed: 3)")
    #expect((split.train.count, split.test.targets.shape) == (150, [50, 3072]))
  }

  @Test func sequencesAreCutFromASeries() throws {
    let (whole, cut) = (
      try load("narma(train: 50, test: 23)"),
      try load("sequences(data: narma(train: 50, test: 23), length: 10, washout: 5)")
    )
    #expect(cut.train.inputs.shape == [4, 15, 1] && cut.train.targets.shape == [4, 10, 1] && cut.test.count == 1)
    let (inputs, targets) = (
      try whole.train.inputs.values(as: Double.self), try whole.train.targets.values(as: Double.self)
    )
    let (own, wanted) = (
      try cut.train.inputs.values(as: Double.self), try cut.train.targets.values(as: Double.self)
    )
    for sequence in 0..<4 {
      #expect(own[sequence * 15..<(sequence + 1) * 15] == inputs[sequence * 10..<sequence * 10 + 15])
      #expect(wanted[sequence * 10..<(sequence + 1) * 10] == targets[sequence * 10 + 5..<sequence * 10 + 15])
    }
    #expect(cut.origin.hasSuffix("; 4 and 1 sequences of 10 steps after 5 of washout"))
    #expect(throws: DatasetError.self) { try load("sequences(data: narma(train: 50, test: 9), length: 10)") }
    #expect(throws: DatasetError.self) { try load("sequences(data: \(Self.images))") }
    // A part is held out before it is cut.
    #expect(
      try load("sequences(data: heldOut(data: narma(train: 50, test: 23), fraction: 0.4), length: 10)").test.count == 2)
  }

  @Test func subsetsAreTheFirst() throws {
    let (whole, part) = (try load(Self.images), try load("subset(data: \(Self.images), train: 30, test: 100)"))
    #expect(try part.train == whole.train.prefix(30))
    #expect(part.test == whole.test)
    #expect(part.origin == whole.origin + "; its first 30 training and 50 test examples")
  }

  @Test func classesAreKeptAndNumberedAnew() throws {
    let whole = try load(Self.images)
    let part = try load("subset(data: \(Self.images), classes: [ring, disc], train: 30)")
    #expect(part.classNames == ["ring", "disc"] && part.train.classCount == 2)
    #expect((part.train.count, part.test.count) == (30, 10))
    let ring = try #require(whole.classNames.firstIndex(of: "ring"))
    let disc = try #require(whole.classNames.firstIndex(of: "disc"))
    let labels = try whole.test.labels()
    let kept = labels.indices.filter { [ring, disc].contains(Int(labels[$0])) }
    #expect(try part.test.inputs == whole.test.records(at: kept).inputs)
    #expect(try part.test.labels() == kept.map { Int(labels[$0]) == ring ? 0 : 1 })
    #expect(part.origin.contains("; 2 of its 10 classes; its first 30 training and 10 test examples"))
    // Numbers name classes too, and weights stay with their records.
    #expect(try load("subset(data: \(Self.images), classes: [\(ring), \(disc)], train: 30)").train == part.train)
    var weighted = whole
    weighted.train = try whole.train.weighted(by: (0..<200).map(Float.init))
    let records = try weighted.keeping(classes: ["ring", "disc"]).train
    #expect(try records.weights?.count == 40 && records.labels().count == 40)
  }

  @Test(arguments: [
    ("[ring, dog]", "classes is dog, but must be one of the 10 classes"), ("[ring]", "two or more, each once"),
    ("[ring, ring]", "two or more"),
    ("[0, 10]", "classes is 10"),
  ]) func wrongClassesAreErrors(_ classes: String, _ says: String) throws {
    let error = #expect(throws: DatasetError.self) { try load("subset(data: \(Self.images), classes: \(classes))") }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
  }

  @Test func valuesHaveNoClasses() throws {
    let pair = DatasetPair(
      train: try LabeledArrays(inputs: HostArray([1.0, 2]), targets: HostArray([1.0, 2])),
      test: try LabeledArrays(inputs: HostArray([1.0, 2]), targets: HostArray([1.0, 2])), name: "values", origin: "")
    #expect(throws: DatasetError.self) { try pair.keeping(classes: ["0", "1"]) }
  }

  @Test(arguments: [
    "noisyLabels(data: syntheticImages, fraction: 1.5)", "noisyLabels(data: mnist, kind: some)",
    "heldOut(data: mnist, fraction: -1)",
    "subset(data: mnist, train: 0)", "subset", "heldOut", "noisyLabels", "subset(data: cifar11)",
    "heldOut(data: subset(tests: 3))",
  ])
  func mistakesAreErrors(text: String) { #expect(throws: ConfigurationError.self) { try load(text) } }

  @Test func channelsAreStandardized() throws {
    let bytes = Tensor(try HostArray([0, 51, 255, 102, 255, 0] as [UInt8], shape: [1, 2, 1, 3]))
    let both = try Registry<any NamedPreprocessing>.all.build(
      MethodSpec(parsing: "standardizedChannels(mean: [0, 0.2, 0.5], deviation: [1, 0.5, 0.25])"))
    let values = try both(bytes, dtype: .float64).values(as: Double.self)
    for (value, expected) in zip(values, [0, 0, 2, 0.4, 1.6, -2]) { #expect((value - expected).magnitude < 1e-12) }
    let single = StandardizedChannels(mean: [0.5], deviation: [0.5])
    #expect(try single(Tensor(try HostArray([0, 255] as [UInt8])), dtype: .float32).values(as: Float.self) == [-1, 1])
    #expect(throws: Diagnostic.self) { try both(Tensor.zeros([1, 2, 2, 4]), dtype: .float32).evaluate() }
    for text in ["deviation: 0", "mean: [0.1, 0.2]", "mean: []", "white: 0", "deviation: [1, -1, 1]"] {
      #expect(throws: ConfigurationError.self) {
        try Registry<any NamedPreprocessing>.all.build(MethodSpec(parsing: "standardizedChannels(\(text))"))
      }
    }
  }
}

extension Configurable {
  fileprivate static var declaredStandard: Self { declaration.standard }
}
