// English words of the administration: terms.

export default {
    "terms.name": "Name",
    "terms.start": "Starts",
    "terms.end": "Ends",
    "terms.none": "No terms",
    "terms.create": "New term",
    "terms.edit": "Edit {name}",
    "terms.delete_title": "Delete {name}?",
    "terms.delete_text": "Only a term without courses can be deleted.",
    "terms.deleted": "{name} is deleted.",
    "terms.refused": "{name} still has courses, or is the default term.",
};
