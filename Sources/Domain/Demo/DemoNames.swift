/// People of the demo: names as people write them, and the letters of their email addresses.
enum DemoNames {
  struct Part {
    let name: String, letters: String
    init(_ name: String, _ letters: String) { (self.name, self.letters) = (name, letters) }
  }

  /// First and last names by language, so that a person's two names belong together.
  private static let families: [(first: [Part], last: [Part], lastFirst: Bool)] = [
    (
      parts("Maya Oliver Ruth Daniel Amelia Henry Grace Noah Isla Samuel Clara Jack Hannah Owen"),
      parts("Grant Adler Whitfield Mercer Hale Preston Ashby Collins Brooke Fletcher Langley Marlow Osborne Tate"), false
    ),
    (
      [
        Part("Tomás", "tomas"), Part("Inés", "ines"), Part("Joaquín", "joaquin"), Part("Lucía", "lucia"), Part("Mateo", "mateo"),
        Part("Sofía", "sofia"),
      ],
      [Part("Herrera", "herrera"), Part("Núñez", "nunez"), Part("Ibáñez", "ibanez"), Part("Castaño", "castano"), Part("Vidal", "vidal")],
      false
    ),
    (
      [
        Part("Jonas", "jonas"), Part("Anneliese", "anneliese"), Part("Jürgen", "juergen"), Part("Käthe", "kaethe"), Part("Björn", "bjoern"),
      ],
      [
        Part("Weber", "weber"), Part("Müller", "mueller"), Part("Groß", "gross"), Part("Schäfer", "schaefer"),
        Part("Lindqvist", "lindqvist"),
      ], false
    ),
    (
      parts("Amara Chidi Ngozi Kwame Zanele Thabo Adaeze Sipho"), parts("Nwosu Okafor Mensah Dlamini Eze Osei Adeyemi Khumalo"), false
    ),
    (
      parts("Priya Arjun Lakshmi Vikram Ananya Rahul Meera Sanjay"), parts("Raman Iyer Kulkarni Banerjee Chaudhary Nair Reddy Mehta"), false
    ),
    (
      [Part("伟", "wei"), Part("芳", "fang"), Part("秀英", "xiuying"), Part("敏", "min"), Part("静", "jing"), Part("强", "qiang")],
      [Part("王", "wang"), Part("李", "li"), Part("张", "zhang"), Part("刘", "liu"), Part("陈", "chen")], true
    ),
    (
      [Part("花", "hana"), Part("健太", "kenta"), Part("美咲", "misaki"), Part("翔", "sho")],
      [Part("佐藤", "sato"), Part("鈴木", "suzuki"), Part("高橋", "takahashi"), Part("田中", "tanaka")], true
    ),
    (
      [Part("فاطمة", "fatima"), Part("يوسف", "yusuf"), Part("ليلى", "layla"), Part("عمر", "omar")],
      [Part("الزهراء", "alzahra"), Part("حداد", "haddad"), Part("منصور", "mansour")], false
    ),
    (
      [Part("Олена", "olena"), Part("Андрій", "andrii"), Part("Катерина", "kateryna"), Part("Богдан", "bohdan")],
      [Part("Шевченко", "shevchenko"), Part("Коваленко", "kovalenko"), Part("Бондар", "bondar")], false
    ),
    (
      [Part("Łukasz", "lukasz"), Part("Małgorzata", "malgorzata"), Part("Zofia", "zofia"), Part("Paweł", "pawel")],
      [Part("Wójcik", "wojcik"), Part("Dąbrowski", "dabrowski"), Part("Żak", "zak")], false
    ),
    (
      [Part("Zoë", "zoe"), Part("Élodie", "elodie"), Part("François", "francois"), Part("Anaïs", "anais")],
      [Part("Lefèvre", "lefevre"), Part("D’Aubigné", "daubigne"), Part("Moreau", "moreau"), Part("Béranger", "beranger")], false
    ),
  ]

  /// Names that break careless programs; they come first in the demo.
  private static let awkward: [Part] = [
    Part("Siobhán O'Brien", "siobhan.obrien"), Part("=1+1", "equals"), Part("Zoë, \"x\"", "zoe.x"), Part("+44 Rossi", "plus.rossi"),
    Part("Robert'); DROP TABLE users;--", "bobby"), Part("<b>Bo</b> & Co", "bo"), Part("Null", "null"), Part("Sean  Double-Blank", "sean"),
    Part(
      "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessenschafewarenwohlgepflege Hubert Blaine Longest the Third of Somewhere",
      "hubert"),
    Part("Ng", "ng"), Part("Ñ", "n"), Part("Nguyễn Thị Ánh", "nguyen.anh"), Part("👩🏽‍🚀 Ada", "astro.ada"),
  ]

  /// The name and the part before the @ of the person with that number.
  static func person(_ number: Int, _ random: inout DemoRandom) -> (name: String, local: String) {
    if number < awkward.count { return (awkward[number].name, awkward[number].letters) }
    let family = families[weights[random.below(weights.count)]]
    let (first, last) = (random.one(family.first), random.one(family.last))
    let name = family.lastFirst ? last.name + first.name : first.name + " " + last.name
    return (name, "\(first.letters).\(last.letters)\(number)")
  }

  private static let weights = [0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 4, 5, 5, 6, 7, 8, 9, 10]

  private static func parts(_ names: String) -> [Part] { names.split(separator: " ").map { Part(String($0), $0.lowercased()) } }
}
