package peer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Options of the form --name value; a name may come again, and without a value it stands for yes. */
final class Options {
    private final Map<String, List<String>> values = new LinkedHashMap<>();

    Options(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.startsWith("--")) {
                throw new IllegalArgumentException("an option was expected, not " + word);
            }
            boolean alone = i + 1 == words.size() || words.get(i + 1).startsWith("--");
            values.computeIfAbsent(word.substring(2), name -> new ArrayList<>()).add(alone ? "yes" : words.get(++i));
        }
    }

    /** These options with others on top: a name that the others have is theirs alone. */
    Options with(Options others) {
        Options both = new Options(List.of());
        both.values.putAll(values);
        both.values.putAll(others.values);
        return both;
    }

    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    String get(String name, String otherwise) {
        List<String> list = all(name);
        return list.isEmpty() ? otherwise : list.get(list.size() - 1);
    }

    String need(String name) {
        String value = get(name, null);
        if (value == null) {
            throw new IllegalArgumentException("--" + name + " is needed");
        }
        return value;
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** VALUE;name=value;… taken apart; VALUE stands under the empty name. */
    static Map<String, String> fields(String spec) {
        Map<String, String> fields = new LinkedHashMap<>();
        String[] pieces = spec.split(";");
        fields.put("", pieces[0]);
        for (int i = 1; i < pieces.length; i++) {
            int at = pieces[i].indexOf('=');
            if (at < 0) {
                throw new IllegalArgumentException("name=value was expected, not " + pieces[i] + " in " + spec);
            }
            fields.put(pieces[i].substring(0, at), pieces[i].substring(at + 1));
        }
        return fields;
    }
}
