import Foundation
import PJRT
import TestSupport
import Testing

@testable import Datasets
@testable import Formats

@Suite("MNIST and its kin", .tags(.engine))
struct MNISTTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func places(_ searched: String..., download: Bool = false) -> DataFolders {
    DataFolders(searched: searched, cache: folder.path + "/cache", allowsDownload: download)
  }

  /// Three training images of 2 x 2 and one test image.
  private func writeSmallSet(in place: String, suffix: String = "", labels: [UInt8] = [7, 0, 9]) throws {
    func file(_ name: String, _ bytes: [UInt8]) throws {
      try folder.write(suffix == ".gz" ? gzipped(bytes) : bytes, to: place + "/" + name + suffix)
    }
    try file("train-images-idx3-ubyte", idxFile([3, 2, 2], Array(1...12)))
    try file("train-labels-idx1-ubyte", idxFile([labels.count], labels))
    try file("t10k-images-idx3-ubyte", idxFile([1, 2, 2], [4, 3, 2, 1]))
    try file("t10k-labels-idx1-ubyte", idxFile([1], [5]))
  }

  @Test(.enabled(if: Locations.data("mnist") != nil)) func readsTheRealFiles() throws {
    let data = try MNIST.load(from: places(try #require(Locations.data("mnist"))))
    #expect(data.train.inputs.shape == [60_000, 28, 28])
    #expect(data.test.inputs.shape == [10_000, 28, 28])
    #expect(data.train.inputs.dtype == .uint8)
    #expect(data.train.classCount == 10)
    // The published first labels, and the class counts of the test set.
    let labels = try data.train.labels()
    #expect(Array(labels.prefix(10)) == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
    let counts = try data.test.labels().reduce(into: [Int](repeating: 0, count: 10)) { $0[Int($1)] += 1 }
    #expect(counts == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    // The mean pixel of the training set is 33.318 of 255.
    let sum = data.train.inputs.bytes.withUnsafeBytes { $0.reduce(0) { $0 + Int($1) } }
    #expect(abs(Double(sum) / Double(60_000 * 784) - 33.318421) < 1e-6)
    #expect(data.origin.hasPrefix("MNIST, from "))
  }

  @Test(arguments: ["", "mnist", "MNIST/raw", "MNIST"], ["", ".gz"])
  func searchesTheUsualFolders(below: String, suffix: String) throws {
    try writeSmallSet(in: "data/" + below, suffix: suffix)
    let data = try MNIST.load(from: places(folder.path + "/elsewhere", folder.path + "/data"))
    #expect(data.train.count == 3)
    #expect(try data.train.labels() == [7, 0, 9])
    #expect(data.test.inputs == (try HostArray([4, 3, 2, 1] as [UInt8], shape: [1, 2, 2])))
    #expect(data.name == "MNIST")
    #expect(data.origin.contains(folder.path + "/data"))
  }

  @Test func findsTheCache() throws {
    try writeSmallSet(in: "cache/mnist", suffix: ".gz")
    #expect(try MNIST.load(from: places()).train.count == 3)
  }

  @Test func keepsFashionApart() throws {
    try writeSmallSet(in: "data")
    try writeSmallSet(in: "data/FashionMNIST/raw", labels: [1, 2, 3])
    let both = places(folder.path + "/data")
    #expect(try MNIST.load(from: both).train.labels() == [7, 0, 9])
    let fashion = try FashionMNIST.load(from: both)
    #expect(try fashion.train.labels() == [1, 2, 3])
    #expect(fashion.name == "Fashion-MNIST")
    let direct = places(folder.path + "/data/FashionMNIST/raw")
    #expect(try FashionMNIST.load(from: direct).train.labels() == [1, 2, 3])
    #expect(throws: DatasetError.self) { try MNIST.load(from: direct) }
  }

  /// Debian's package puts the published files into a folder of their own.
  @Test func findsFashionInTheSystemsFolder() throws {
    try writeSmallSet(in: "system/fashion-mnist", suffix: ".gz", labels: [1, 2, 3])
    var folders = places()
    #expect(throws: DatasetError.self) { try FashionMNIST.load(from: folders) }
    folders.system = [folder.path + "/system"]
    let installed = try FashionMNIST.load(from: folders)
    #expect(try installed.train.labels() == [1, 2, 3])
    #expect(installed.origin == "Fashion-MNIST, from \(folder.path)/system/fashion-mnist")
    #expect(throws: DatasetError.self) { try MNIST.load(from: folders) }
    // What the user downloaded comes before, and what the user names before that.
    try writeSmallSet(in: "cache/fashion-mnist", labels: [4, 5, 6])
    #expect(try FashionMNIST.load(from: folders).train.labels() == [4, 5, 6])
    try writeSmallSet(in: "own/fashion-mnist", labels: [7, 8, 9])
    folders.searched = [folder.path + "/own"]
    #expect(try FashionMNIST.load(from: folders).train.labels() == [7, 8, 9])
  }

  @Test func namesThePackage() throws {
    var folders = places()
    folders.system = [folder.path + "/system"]
    let missing = try #require(throws: DatasetError.self) { try FashionMNIST.load(from: folders) }
    #expect(missing.description.contains(folder.path + "/system"))
    #expect(missing.description.hasSuffix("'apt install dataset-fashion-mnist' provides it."))
    let digits = try #require(throws: DatasetError.self) { try MNIST.load(from: folders) }
    #expect(!digits.description.contains("apt"))
    // So does a download that fails.
    var archive = FashionMNIST.archive
    archive.mirrors = ["file://\(folder.path)/nowhere/"]
    folders.allowsDownload = true
    let failed = try #require(throws: DatasetError.self) { try archive.load(from: folders, progress: nil) }
    #expect(failed.description.contains("can't be downloaded"))
    #expect(failed.package == "dataset-fashion-mnist")
  }

  @Test func saysWhereItLooked() throws {
    do throws(DatasetError) {
      _ = try MNIST.load(from: places("/somewhere"))
      Issue.record("MNIST was found in nowhere")
    } catch {
      #expect(
        error.problem
          == .notFound(
            name: "MNIST", searched: ["/somewhere", folder.path + "/cache/mnist"], downloadAllowed: false))
      #expect(error.description.contains("TANREN_DATA"))
    }
  }

  @Test func tellsWhichLabelIsOutOfRange() throws {
    try writeSmallSet(in: "mnist", labels: [7, 0, 10])
    let path = folder.path + "/mnist/train-labels-idx1-ubyte"
    #expect(throws: DatasetError(.labelOutOfRange(record: 2, label: 10, classCount: 10), path: path)) {
      try MNIST.load(from: places(folder.path))
    }
  }

  @Test func tellsWhenImagesAndLabelsDiffer() throws {
    try writeSmallSet(in: "mnist", labels: [7, 0])
    let path = folder.path + "/mnist/train-labels-idx1-ubyte"
    #expect(throws: DatasetError(.countMismatch(inputs: 3, targets: 2), path: path)) {
      try MNIST.load(from: places(folder.path))
    }
  }

  @Test func readsTheEnvironment() {
    let system = ["/usr/share/datasets"]
    let full = DataFolders(environment: ["TANREN_DATA": "/a:/b/c", "TANREN_CACHE": "/k", "HOME": "/h"])
    #expect(full == DataFolders(searched: ["/a", "/b/c"], cache: "/k/data", system: system, allowsDownload: false))
    let xdg = DataFolders(environment: ["XDG_CACHE_HOME": "/x", "HOME": "/h", "TANREN_DATA": ""])
    #expect(xdg == DataFolders(searched: [], cache: "/x/tanren/data", system: system, allowsDownload: false))
    #expect(DataFolders(environment: ["HOME": "/h"]).cache == "/h/.cache/tanren/data")
    // Where engines are kept, data are: a folder that isn't absolute and an empty one count as none.
    for environment in [["HOME": "/h", "XDG_CACHE_HOME": "relative"], ["HOME": ""], [:]] {
      #expect(DataFolders(environment: environment).cache == CacheFolder.data(environment: environment))
      #expect(DataFolders(environment: environment).cache.hasPrefix("/"))
    }
  }
}
