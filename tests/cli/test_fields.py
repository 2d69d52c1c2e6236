"""docs/fields.md says what the forms take (ASVS 2.1.1)."""

import re
from pathlib import Path

from flask import Flask

from exhibitions.cli.fields import table

WRITTEN = Path(__file__).parents[2] / "docs" / "fields.md"


def test_the_table_of_fields_is_the_code(app: Flask) -> None:
    assert WRITTEN.read_text() == table(), "flask fields --write"


# Amounts, codes and texts that a rule reads in the form's own `validate`, and refuses beyond its bound.
AS_A_WHOLE = {
    *("AmountForm.amount", "CancelForm.fee", "CloseForm.cash", "CloseForm.qr", "CreditForm.amount"),
    *("CreditForm.target", "InvoiceForm.amount", "IssuedForm.number", "PaymentForm.amount"),
    *(
        "RefundForm.amount",
        "SlipForm.amount",
        "DiscountForm.amount",
        "FeeForm.amount",
        "FeeForm.cap",
        "FeeForm.fee",
    ),
    *("FeeForm.tax_percent", "GeneralForm.tax_percent", "GeneralForm.upper_percent", "RateForm.amount"),
    *("RateForm.minimum_m2", "RateForm.tax_percent", "RateForm.unit_m2", "StepForm.percent"),
    *("SurchargeForm.percent", "TryForm.area", "TryForm.upper", "CallOffForm.text", "ChosenForm.text"),
    *("DecisionForm.text", "QuestionForm.text", "SetUpForm.contact_email", "CoForm.contact_email"),
    *("CoForm.contact_phone", "CoForm.credit_code", "CompanyForm.credit_code", "ContactForm.email"),
    "Named.credit_code",
    *("ContactForm.invoice_email", "ContactForm.phone", "DetailsForm.letter", "PersonForm.email"),
    *("PersonForm.phone", "RepresentedForm.credit_code"),
    *("StandForm.wish_1", "StandForm.wish_2", "StandForm.wish_3"),
}


def test_every_typed_text_has_a_length_or_a_rule(app: Flask) -> None:
    """Or bounds that its number must keep; pasted tables and mails are bounded by the size of a request instead."""
    lines = re.findall(
        r"^\| (\w+) \| `(\w+)` \| (text|password|e-mail|telephone)([^|]*)\|", table(), re.MULTILINE
    )
    assert len(lines) > 100
    unbounded = {
        f"{form}.{name}"
        for form, name, _, more in lines
        if not re.search(r"characters|rule|`|\d to \d", more)
    }
    assert unbounded - AS_A_WHOLE == {"BouncesForm.pasted", "UploadForm.pasted", "TableForm.pasted"}
