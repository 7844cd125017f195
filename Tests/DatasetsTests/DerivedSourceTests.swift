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
    #expect(Set(names).isSuperset(of: ["cifar10", "cifar100", "syntheticImages", "noisyLabels", "heldOut", "subset"]))
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

  @Test func subsetsAreTheFirst() throws {
    let (whole, part) = (try load(Self.images), try load("subset(data: \(Self.images), train: 30, test: 100)"))
    #expect(try part.train == whole.train.prefix(30))
    #expect(part.test == whole.test)
    #expect(part.origin == whole.origin + "; its first 30 training and 50 test examples")
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
