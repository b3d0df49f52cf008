#!/bin/sh
# exch-lessons(7): every lesson of scenarios/ordertypes has an item, every item
# is a lesson, and the books and events on the page are those that the tools
# give now.
. "${srcdir:-.}/tests/cli/lib.sh"

page=$src/man/exch-lessons.7
dir=$src/scenarios/ordertypes
tool=$src/tests/tools/lessons.sh

for f in "$dir"/*.txt; do
	f=${f##*/}
	echo "${f%.txt}"
done | sort >lessons
sed -n 's/^\.\\" lesson \([^ ]*\).*/\1/p' "$page" | sort >items
ok "there are lessons" test "$(wc -l <lessons)" -ge 70
same items lessons "each lesson has an item, each item a lesson"
# The heading says which it is, and sentences stand between.
awk '/^\.Ss / { head = $2; said = 0; next }
/^\.\\" lesson / {
	if ($3 != head || !said)
		print FNR ": " $3
	next
}
!/^\./ { said = 1 }' "$page" >wrong
same wrong /dev/null "each item has its heading, and says what to see"

# The displays of a page, each in a file of its lesson.
split_page() {
	mkdir "$2"
	awk -v dir="$2" '/^\.\\" lesson / { out = dir "/" $3; next }
	out != "" && /^\.Bd/ { inside = 1; printf "" > out; next }
	inside && /^\.Ed/ { close(out); out = ""; inside = 0 }
	inside { print > out }' "$1"
}
sh "$tool" fill "$page" "$dir" >new.7 2>err
is "$? $(cat err)" "0 " "all are drawn"
split_page "$page" stands
split_page new.7 gives
while read -r name; do
	[ -f "stands/$name" ] || continue
	same "stands/$name" "gives/$name" "$name: what the page shows"
done <lessons
same "$page" new.7 "the page is the one that lessons.sh prints"
is "$(grep -c -E '^depth (differs|has)' new.7)" 0 \
	"the reports of depth and of orders agree on every book"

# ---- the drawing itself, against one by hand ----

cat >by-hand.txt <<'END_LESSON'
instrument ABC tick 0.01

09:30  ANN sell 50 @ 10.02 show 10
       BOB sell 5 @ 10.02 hidden
       CARL sell 20 @ 10.01
       DAN buy 7 @ 9.99
       EVE sell 3 stop 9.90
       FAY buy 22 @ 10.02
END_LESSON
cat >want <<'END_BOOK'
                      bids | offers
           #4 DAN  7  9.99 | 10.01  20  #3 CARL
                           | 10.02  10 (+40)  #1 ANN
                           | 10.02  (5)  #2 BOB
parked: #5 EVE sell 3 stop 9.90

FAY buy 22 @ 10.02
    exec 20 @ 10.01 buy 6 sell 3 (buyer took)
    exec 2 @ 10.02 buy 6 sell 1 (buyer took)

                      bids | offers
           #4 DAN  7  9.99 | 10.02  8 (+40)  #1 ANN
                           | 10.02  (5)  #2 BOB
parked: #5 EVE sell 3 stop 9.90
END_BOOK
sh "$tool" draw by-hand.txt >got
same got want "a book with an iceberg, a hidden order and a stop"
sh "$tool" draw by-hand.txt 7 >out 2>err
is $? 2 "a command that the lesson does not have"
has err 'has no command 7' "is said"
finish
