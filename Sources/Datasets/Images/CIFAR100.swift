import Formats

/// Small colour photographs of a hundred kinds of things: 50,000 training and 10,000 test images,
/// uint8 [N, 32, 32, 3].
///
/// Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009).
public enum CIFAR100 {
  /// Which of a record's two labels is the class.
  public enum Labels: String, Sendable, Hashable, CaseIterable {
    /// One of 100 classes.
    case fine
    /// One of 20 groups of five classes each.
    case coarse
  }

  /// What the 100 classes show.
  public static let classNames = words(
    """
    apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle
    caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant
    flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree
    motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate
    poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider
    squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle
    wardrobe whale willow_tree wolf woman worm
    """)

  /// What the 20 groups show.
  public static let groupNames = words(
    """
    aquatic_mammals fish flowers food_containers fruit_and_vegetables household_electrical_devices household_furniture
    insects large_carnivores large_man-made_outdoor_things large_natural_outdoor_scenes large_omnivores_and_herbivores
    medium_mammals non-insect_invertebrates people reptiles small_mammals trees vehicles_1 vehicles_2
    """)

  static func archive(_ labels: Labels) -> CIFARArchive {
    let names = labels == .fine ? classNames : groupNames
    return CIFARArchive(
      name: "CIFAR-100", slug: "cifar100",
      folders: ["cifar-100-binary", "cifar100/cifar-100-binary", "cifar100", "CIFAR100/cifar-100-binary", "CIFAR100"],
      hasTellingNames: false, train: ["train.bin"], test: "test.bin", archives: ["cifar-100-binary"],
      download: Download(
        name: "cifar-100-binary.tar.gz", mirrors: ["https://www.cs.toronto.edu/~kriz/"], byteCount: 168_513_733,
        sha256: "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"),
      records: CIFARRecords(labelBytes: 2, labelByte: labels == .fine ? 1 : 0, classCount: names.count),
      classNames: names)
  }

  /// Reads CIFAR-100 as ``CIFAR10/load(from:progress:)`` does CIFAR-10.
  /// - Throws: ``DatasetError`` if it is nowhere to be had, or what is there is damaged.
  public static func load(
    labels: Labels = .fine, from folders: DataFolders = DataFolders(), progress: DownloadProgress? = nil
  ) throws(DatasetError) -> DatasetPair {
    try archive(labels).load(from: folders, progress: progress)
  }

  private static func words(_ text: String) -> [String] { text.split(whereSeparator: \.isWhitespace).map(String.init) }
}
