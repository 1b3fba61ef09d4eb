"""#help: questions with the code and the error, and what became of them."""

from simulator.state.talk.lines import Conversation, Said

_WILHELMINA = "wilhelmina_featherstonehaugh_iii"

_DEFAULT_LIST = """Why does this remember things between calls?
```py
def add_item(item, items=[]):
    items.append(item)
    return items

add_item("flour")   # ['flour']
add_item("sugar")   # ['flour', 'sugar']  ← ???
```"""

_DEFAULT_ANSWER = """The list is made **once**, when Python reads `def`, and all calls share it. Usually:
```py
def add_item(item, items=None):
    if items is None:
        items = []
    items.append(item)
    return items
```"""

_OFF_BY_ONE = """My page shows 9 of 10 results, and I cannot see why.
```js
for (let i = 0; i < results.length - 1; i++) {
  list.append(row(results[i]));
}
```"""

_PLANTS = """The plant bot, as promised. Why does basil get the cactus's water?
```py
PLANTS = ["basil", "cactus", "fern"]
for pin in range(1, 4):
    if is_dry(pin):
        water(PLANTS[pin - 2])
```"""

_RECURSION = """Exam practice. Small trees work, then `RecursionError: maximum recursion depth exceeded`:
```py
def height(node):
    if node.left is None and node.right is None:
        return 1
    return 1 + max(height(node.left), height(node.right))
```"""

_FLOUR = """My flour counter says `TypeError: unsupported operand type(s) for -: 'str' and 'int'`
```py
flour = input("How much flour is left? ")
flour = flour - 3
print("Left:", flour)
```"""

_SLOW_QUERY = """This takes four seconds on 80,000 rows. Index on `created_at` is there:
```sql
SELECT * FROM orders
WHERE date(created_at) = '2026-11-02';
```"""

HELP = (
    Conversation(
        "help",
        2650,
        (
            Said(0, "mateo.f", _DEFAULT_LIST, "default"),
            Said(3, "linh.ng", _DEFAULT_ANSWER, answers="default"),
            Said(
                2,
                "mateo.f",
                "So the default is *one* thing, not a recipe for a thing. That should be on a mug.",
            ),
            Said(1, "siobhan", "I would buy that mug."),
        ),
    ),
    Conversation(
        "help",
        2230,
        (
            Said(0, _WILHELMINA, _OFF_BY_ONE, "nine"),
            Said(
                2,
                "ada",
                "`i < results.length` already stops in time: the last index is one less than the length. "
                "With the `- 1` you stop one early.",
                answers="nine",
            ),
            Said(
                2,
                "ada",
                "Or skip counting: `for (const result of results)`. No index, no off-by-one.",
            ),
            Said(4, _WILHELMINA, "Ten. I have been subtracting out of caution. Thank you, dear."),
        ),
    ),
    Conversation(
        "help",
        1760,
        (
            Said(0, "fatima.z", _RECURSION, "height"),
            Said(3, "linh.ng", "What happens at a node with only a left child?", answers="height"),
            Said(
                2,
                "fatima.z",
                "`height(None)`, which has no `.left`. But then I would expect an AttributeError…",
            ),
            Said(1, "linh.ng", "Right, so there is a second thing. How do you build the tree?"),
            Said(6, "fatima.z", "I insert 5,000 numbers. In order. Oh no."),
            Said(1, "linh.ng", "Say it."),
            Said(1, "fatima.z", "It is not a tree. It is a list with ambitions."),
            Said(
                2,
                "linh.ng",
                "Two fixes, then:\n1. `if node is None: return 0` as the only base case.\n"
                "2. Balance it, or shuffle before you insert.",
                edited=2,
            ),
            Said(14, "fatima.z", "Height 29 after shuffling. The exam may come."),
        ),
    ),
    Conversation(
        "help",
        1290,
        (
            Said(0, "diego_builds", _SLOW_QUERY, "slow"),
            Said(
                4,
                "siobhan",
                "`date(created_at)` is computed for every row, so the index on the bare column cannot help. "
                "Ask for a range instead:\n"
                "```sql\nWHERE created_at >= '2026-11-02'\n  AND created_at <  '2026-11-03'\n```",
                answers="slow",
            ),
            Said(3, "diego_builds", "3 ms. **THREE.** I had already drafted an apology to my users"),
            Said(1, "siobhan", "Keep the draft. There is always another query."),
        ),
    ),
    Conversation(
        "help",
        870,
        (
            Said(0, "noah.bergstrom", _FLOUR, "flour"),
            Said(
                2,
                "siobhan",
                "Nicely asked: code, error, everything there. What kind of thing does `input()` give you?",
                answers="flour",
            ),
            Said(2, "noah.bergstrom", "Text? Even when I type 12?"),
            Said(1, "siobhan", 'Even then. `"12"` is two characters that look like a number.'),
            Said(
                1, "linh.ng", "`int(input(...))` turns it into one. `float` if your sister does half kilos."
            ),
            Said(5, "noah.bergstrom", "It works!! She does quarter kilos, by the way. She is very precise."),
            Said(1, "ada", "First program, first user, first feature request. You are a developer now."),
            Said(1, "noah.bergstrom", "I am framing this chat."),
        ),
    ),
    Conversation(
        "help",
        420,
        (
            Said(
                0,
                "mateo.f",
                "How do I undo a commit that I have *not* pushed yet, but keep the changes?",
                "undo",
            ),
            Said(
                1,
                "tomasz.z",
                "`git reset --soft HEAD~1`. The commit is gone, your work is staged.",
                answers="undo",
            ),
            Said(2, "mateo.f", "And if I typed `--hard` like a fool?"),
            Said(
                1,
                "tomasz.z",
                "`git reflog`, find the line before the mistake, `git reset --hard` to it. "
                "Git forgets slowly, be glad of it.",
            ),
            Said(3, "mateo.f", "It was line two. You have saved an evening."),
        ),
    ),
    Conversation(
        "help",
        96,
        (
            Said(
                0,
                "fatima.z",
                "Why does `[] == False` give `False`, when an empty list is falsy?",
                "falsy",
            ),
            Said(
                3,
                "linh.ng",
                "`==` compares values, it does not ask for truth. You mean **`bool([]) == False`**.",
                answers="falsy",
            ),
            Said(
                2,
                "fatima.z",
                "So *falsy* is a property, not an equality. That clears up half of chapter four.",
            ),
        ),
    ),
    Conversation(
        "help",
        38,
        (
            Said(0, "jun_w", _PLANTS, "plants"),
            Said(2, "ada", "`pin - 2` for pin 1 is…", answers="plants"),
            Said(1, "jun_w", "`-1`. the last one. the fern. which explains the swamp"),
            Said(1, "linh.ng", "Python is too kind to complain: `-1` is a perfectly good index."),
            Said(2, "jun_w", "`zip(pins, PLANTS)` it is. thank you both, the cactus thanks you more"),
        ),
    ),
)
